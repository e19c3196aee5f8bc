// SPDX-License-Identifier: MIT
// Views: what they hide, what may be changed, views in views. That each call asks is proved by the
// raw tests.
#include "support.h"

#include <mm/fault_inject.h>
#include <string.h>

static struct fs_view *current; // of the calling process
static unsigned refusals;

struct fs_view *view_current(void)
{
    return current;
}

void view_note_refusal(const char *path, bool hidden)
{
    (void)hidden;
    UNIT_CHECK(path != NULL);
    refusals++;
}

static struct vfs_origin seen(enum view_access need)
{
    struct vfs_origin origin = vfs_origin_root(fs_root());

    origin.view = current;
    origin.need = need;
    return origin;
}

static enum status look(const char *path, enum view_access need)
{
    struct vfs_node *node;
    enum status status = vfs_lookup(seen(need), path, VFS_POSIX, &node);

    UNIT_CHECK((status == OK) == (node != NULL));
    vfs_node_put(node);
    return status;
}

static enum status make_dir(const char *path)
{
    return vfs_mkdir(seen(VIEW_NONE), path, VFS_POSIX, 0755);
}

static enum status remove_dir(const char *path)
{
    return vfs_unlink(seen(VIEW_NONE), path, VFS_POSIX, true);
}

/// v/a, v/a/b, v/a/b/f, v/c
static void make_tree(void)
{
    support_start();
    UNIT_OK(make_dir("v"));
    UNIT_OK(make_dir("v/a"));
    UNIT_OK(make_dir("v/a/b"));
    UNIT_OK(make_dir("v/c"));
    vfs_node_put(support_file("v/a/b/f"));
}

static void remove_tree(void)
{
    UNIT_OK(vfs_unlink(seen(VIEW_NONE), "v/a/b/f", VFS_POSIX, false));
    UNIT_OK(remove_dir("v/a/b"));
    UNIT_OK(remove_dir("v/a"));
    UNIT_OK(remove_dir("v/c"));
    UNIT_OK(remove_dir("v"));
}

static struct fs_view *view_of(const char *path, bool write)
{
    struct fs_view *view;

    UNIT_OK(view_create(1, &view));
    UNIT_OK(view_add(view, seen(VIEW_NONE), path, write));
    return view;
}

UNIT_TEST(view_shows)
{
    make_tree();
    struct fs_view *view = view_of("v/a/b", false);
    refusals = 0;
    current = view;
    UNIT_EQUAL(look("v/a/b/f", VIEW_READ), OK);
    UNIT_EQUAL(look("v/a/../a/b", VIEW_READ), OK);
    UNIT_EQUAL(refusals, 0);
    UNIT_EQUAL(look("v/a/b/f", VIEW_WRITE), ERR_ROFS);
    UNIT_EQUAL(look("v/a", VIEW_PASS), OK);
    UNIT_EQUAL(look("v/a", VIEW_READ), ERR_NOTFOUND);
    UNIT_EQUAL(look("v/c", VIEW_NONE), ERR_NOTFOUND);
    UNIT_EQUAL(look("v/a/b/../../c", VIEW_NONE), ERR_NOTFOUND);
    UNIT_EQUAL(make_dir("v/a/b/new"), ERR_ROFS);
    UNIT_EQUAL(make_dir("v/new"), ERR_ROFS);
    UNIT_EQUAL(make_dir("v/c"), ERR_ROFS); // not that it is there
    UNIT_CHECK(refusals >= 7);
    current = NULL;
    view_put(view);
    remove_tree();
}

/// It is the directory that is shown, not the name.
UNIT_TEST(view_follows)
{
    make_tree();
    struct fs_view *view = view_of("v/a/b", true);
    UNIT_OK(vfs_rename(seen(VIEW_NONE), "v/a/b", seen(VIEW_NONE), "v/c/b"));
    UNIT_OK(make_dir("v/a/b"));
    current = view;
    UNIT_EQUAL(look("v/c/b/f", VIEW_WRITE), OK);
    UNIT_EQUAL(look("v/a/b", VIEW_NONE), ERR_NOTFOUND);
    UNIT_EQUAL(vfs_rename(seen(VIEW_NONE), "v/c/b", seen(VIEW_NONE), "v/c/d"), ERR_ROFS);
    current = NULL;
    UNIT_OK(remove_dir("v/a/b"));
    UNIT_OK(vfs_rename(seen(VIEW_NONE), "v/c/b", seen(VIEW_NONE), "v/a/b"));
    view_put(view);
    remove_tree();
}

/// A directory with an entry somewhere below keeps its name: another could get it, and in it what
/// takes the place of the entry.
UNIT_TEST(view_holds_what_leads_to_entries)
{
    struct fs_view *view;
    struct fs_view *inner;

    make_tree();
    UNIT_OK(view_create(2, &view));
    UNIT_OK(view_add(view, seen(VIEW_NONE), "v", true));
    UNIT_OK(view_add(view, seen(VIEW_NONE), "v/a/b/f", false));
    UNIT_OK(view_create(1, &inner));
    UNIT_OK(view_add(inner, seen(VIEW_NONE), "v", true));
    view_put_into(inner, view);
    for (current = view; current != NULL; current = current == view ? inner : NULL) {
        UNIT_EQUAL(vfs_rename(seen(VIEW_NONE), "v/a", seen(VIEW_NONE), "v/x"), ERR_ROFS);
        UNIT_EQUAL(vfs_rename(seen(VIEW_NONE), "v/a/b", seen(VIEW_NONE), "v/x"), ERR_ROFS);
        UNIT_EQUAL(vfs_rename(seen(VIEW_NONE), "v/a/b/f", seen(VIEW_NONE), "v/x"), ERR_ROFS);
        UNIT_EQUAL(vfs_rename(seen(VIEW_NONE), "v/c", seen(VIEW_NONE), "v/a"), ERR_ROFS);
        UNIT_OK(make_dir("v/a/b/x")); // beside the entry all may be done
        UNIT_OK(vfs_rename(seen(VIEW_NONE), "v/a/b/x", seen(VIEW_NONE), "v/a/x"));
        UNIT_OK(vfs_rename(seen(VIEW_NONE), "v/a/x", seen(VIEW_NONE), "v/x"));
        UNIT_OK(remove_dir("v/x"));
        UNIT_OK(vfs_rename(seen(VIEW_NONE), "v/c", seen(VIEW_NONE), "v/a/c"));
        UNIT_OK(vfs_rename(seen(VIEW_NONE), "v/a/c", seen(VIEW_NONE), "v/c"));
    }
    view_put(view);
    view_put(inner);
    remove_tree();
}

UNIT_TEST(views_in_views)
{
    struct fs_view *wide;

    make_tree();
    struct fs_view *view = view_of("v/a", true);
    struct fs_view *narrow = view_of("v/a/b", false);
    view_put_into(narrow, view);
    current = view;
    UNIT_OK(view_create(2, &wide));
    UNIT_EQUAL(view_add(wide, seen(VIEW_NONE), "v", true), ERR_ROFS);
    UNIT_EQUAL(view_add(wide, seen(VIEW_NONE), "v/c", false), ERR_NOTFOUND);
    UNIT_OK(view_add(wide, seen(VIEW_NONE), "v/a", true));
    current = NULL;
    UNIT_OK(view_add(wide, seen(VIEW_NONE), "v/c", true));
    view_put_into(wide, narrow);
    current = wide;
    UNIT_EQUAL(look("v/a/b/f", VIEW_READ), OK);
    UNIT_EQUAL(look("v/a/b/f", VIEW_WRITE), ERR_ROFS);
    UNIT_EQUAL(look("v/a", VIEW_READ), ERR_NOTFOUND); // only on the way
    UNIT_EQUAL(look("v/c", VIEW_NONE), ERR_NOTFOUND);
    current = NULL;
    view_put(view);
    view_put(narrow);
    view_put(wide);
    remove_tree();
}

UNIT_TEST(view_without_memory)
{
    struct fs_view *view;

    support_start();
    fault_inject_arm(0);
    UNIT_EQUAL(view_create(64, &view), ERR_NOMEM);
    UNIT_CHECK(fault_inject_disarm());
    UNIT_CHECK(view == NULL);
}
