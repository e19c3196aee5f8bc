// SPDX-License-Identifier: MIT
// find_package: Lua -> ${LUA_LIBRARIES}
// include: ${LUA_INCLUDE_DIR}
// output: 42
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdio.h>

int main(void)
{
    lua_State *lua = luaL_newstate();

    luaL_openlibs(lua);
    if (luaL_dostring(lua, "return 6 * 7") != LUA_OK) {
        return 1;
    }
    printf("%d\n", (int)lua_tointeger(lua, -1));
    lua_close(lua);
    return 0;
}
