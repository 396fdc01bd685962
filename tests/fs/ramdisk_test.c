/* The ramdisk: an archive's names become a tree, its contents can be read, and a broken one harms nothing. */
#include <lib/err.h>
#include <lib/errno.h>
#include <mm/fault_inject.h>
#include <mm/gfp.h>
#include <mm/slab.h>
#include "archive.h"

#define BIG_SIZE 9000			/* over two frame boundaries */
#define BIG_END	 (116 + 120 + BIG_SIZE) /* in the archive: after two headers and names */

static struct archive archive;
static struct saved_root saved;
static u8 big[BIG_SIZE];

static int make_archive(struct kunit *test)
{
	archive_alloc(test, &archive);
	for (size_t i = 0; i < sizeof(big); i++)
		big[i] = (u8)(i * 7 + i / 251);
	archive_add(&archive, "bin", S_IFDIR | 0755, "", 0);
	archive_add(&archive, "bin/big", S_IFREG | 0755, big, sizeof(big));
	archive_add(&archive, "etc/motd", S_IFREG | 0644, "hello\n", 6);
	archive_add(&archive, "bin/up", S_IFLNK | 0777, "../etc/motd", 11);
	archive_add(&archive, "loop", S_IFLNK | 0777, "loop", 4);
	archive_add(&archive, "abs", S_IFLNK | 0777, "/bin", 4);
	archive_add_link(&archive, "one", 1000, 2, "", 0);
	archive_add_link(&archive, "two", 1000, 2, "linked", 6);
	archive_end(&archive);
	return 0;
}

static int set_up(struct kunit *test)
{
	make_archive(test);
	saved = mount_archive(&archive, archive.size);
	return 0;
}

static void tear_down(struct kunit *test __unused)
{
	unmount_archive(&saved);
	archive_free(&archive);
}

static int error_of(const char *path, bool follow)
{
	struct dentry *dentry;

	return path_lookup(root_dentry, path, follow, &dentry);
}

static void names_become_a_tree(struct kunit *test)
{
	struct dentry *dentry = find_path("/bin/big");

	KUNIT_ASSERT_NOT_NULL(test, dentry);
	KUNIT_EXPECT_STREQ(test, dentry->d_name, "big");
	KUNIT_EXPECT_PTR_EQ(test, dentry->d_parent, find_path("bin"));
	KUNIT_EXPECT_EQ(test, dentry->d_inode->i_mode, S_IFREG | 0755);
	KUNIT_EXPECT_EQ(test, dentry->d_inode->i_size, BIG_SIZE);
	KUNIT_EXPECT_TRUE(test, S_ISDIR(find_path("etc")->d_inode->i_mode));
}

static void contents_are_read_over_frame_boundaries(struct kunit *test)
{
	struct file *file = open_exec("/bin/big");
	u8 *buf = kmalloc(BIG_SIZE, GFP_KERNEL);

	KUNIT_ASSERT_FALSE(test, IS_ERR(file) || !buf);
	KUNIT_EXPECT_EQ(test, kernel_read(file, 0, buf, BIG_SIZE + 100), BIG_SIZE);
	KUNIT_EXPECT_EQ(test, memcmp(buf, big, BIG_SIZE), 0);
	KUNIT_EXPECT_EQ(test, kernel_read(file, 4321, buf, 100), 100);
	KUNIT_EXPECT_EQ(test, memcmp(buf, big + 4321, 100), 0);
	KUNIT_EXPECT_EQ(test, kernel_read(file, BIG_SIZE, buf, 1), 0);
	KUNIT_EXPECT_EQ(test, kernel_read(file, -1, buf, 1), 0);
	kfree(buf);
	fput(file);
}

static void paths_are_followed_part_by_part(struct kunit *test)
{
	static const struct {
		const char *path;
		int err;
	} rows[] = {
		{ "/", 0 },
		{ "//bin///big", 0 },
		{ "./bin/./big", 0 },
		{ "bin/../../etc", 0 },
		{ "..", 0 },
		{ "", -ENOENT },
		{ "bin/none", -ENOENT },
		{ "none/big", -ENOENT },
		{ "etc/motd/x", -ENOTDIR },
		{ "etc/motd/", -ENOTDIR },
		{ "bin/", 0 },
		{ "bin/up", 0 },
		{ "abs/big", 0 },
		{ "loop", -ELOOP },
		{ "loop/x", -ELOOP },
		{ "bin/up/x", -ENOTDIR },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const int err = error_of(rows[i].path, true);

		if (err != rows[i].err)
			KUNIT_FAIL(test, "\"%s\" gives %d, not %d", rows[i].path, err, rows[i].err);
	}
	KUNIT_EXPECT_PTR_EQ(test, find_path("bin/up"), find_path("etc/motd"));
	KUNIT_EXPECT_EQ(test, error_of("loop", false), 0);
}

static void a_path_leads_back_to_its_name(struct kunit *test)
{
	char buf[32];

	KUNIT_EXPECT_STREQ(test, d_path(find_path("bin/big"), buf, sizeof(buf)), "/bin/big");
	KUNIT_EXPECT_STREQ(test, d_path(root_dentry, buf, sizeof(buf)), "/");
	KUNIT_EXPECT_NULL(test, d_path(find_path("bin/big"), buf, 8));
	KUNIT_EXPECT_NOT_NULL(test, d_path(find_path("bin/big"), buf, 9));
}

static void hard_links_share_one_inode(struct kunit *test)
{
	struct inode *inode = find_path("one")->d_inode;

	KUNIT_EXPECT_PTR_EQ(test, inode, find_path("two")->d_inode);
	KUNIT_EXPECT_EQ(test, inode->i_nlink, 2);
	KUNIT_EXPECT_EQ(test, inode->i_mtime, 1577836800U);
	KUNIT_EXPECT_EQ(test, inode->i_size, 6);
}

static void devices_have_nodes(struct kunit *test)
{
	struct dentry *dentry = find_path("/dev/console");

	KUNIT_ASSERT_NOT_NULL(test, dentry);
	KUNIT_EXPECT_TRUE(test, S_ISCHR(dentry->d_inode->i_mode));
	KUNIT_EXPECT_NOT_NULL(test, dentry->d_inode->i_fop);
}

static void what_may_not_be_run_is_not_opened_for_it(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, PTR_ERR(open_exec("/etc/motd")), -EACCES);
	KUNIT_EXPECT_EQ(test, PTR_ERR(open_exec("/bin")), -EACCES);
	KUNIT_EXPECT_EQ(test, PTR_ERR(open_exec("/bin/none")), -ENOENT);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(names_become_a_tree),
	KUNIT_CASE(contents_are_read_over_frame_boundaries),
	KUNIT_CASE(paths_are_followed_part_by_part),
	KUNIT_CASE(a_path_leads_back_to_its_name),
	KUNIT_CASE(hard_links_share_one_inode),
	KUNIT_CASE(devices_have_nodes),
	KUNIT_CASE(what_may_not_be_run_is_not_opened_for_it),
	{},
};

static struct kunit_suite suite = {
	.name = "ramdisk",
	.init = set_up,
	.exit = tear_down,
	.test_cases = cases,
};
kunit_test_suite(suite);

/* --- broken archives ------------------------------------------------------------------------------ */

static void free_archive(struct kunit *test __unused)
{
	archive_free(&archive);
}

static void mount_cut_archives(struct kunit *test)
{
	for (size_t size = 1; size < archive.size; size += 997) {
		saved = mount_archive(&archive, size);
		KUNIT_EXPECT_NOT_NULL(test, find_path("/dev/null"));
		KUNIT_EXPECT_EQ(test, find_path("bin/big") != NULL, size >= BIG_END);
		KUNIT_EXPECT_NULL(test, find_path("nothing"));
		unmount_archive(&saved);
	}
}

/* The first time slabs are made, and stay. */
static void an_archive_cut_anywhere_is_read_up_to_there(struct kunit *test)
{
	unsigned long before;

	mount_cut_archives(test);
	before = nr_free_pages();
	mount_cut_archives(test);
	KUNIT_EXPECT_EQ(test, nr_free_pages(), before);
}

/* A field of the second header at a time is overwritten; none may lead outside the archive. */
static void no_field_of_a_header_leads_astray(struct kunit *test)
{
	static const char *const values[] = { "FFFFFFFF", "00000000", "7FFFFFFF", "zzzzzzzz" };
	char *header = archive.start + 116; /* of bin/big */

	for (size_t field = 6; field < 110; field += 8) {
		for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
			char kept[8];

			memcpy(kept, header + field, 8);
			memcpy(header + field, values[i], 8);
			saved = mount_archive(&archive, archive.size);
			KUNIT_EXPECT_NOT_NULL(test, find_path("bin"));
			unmount_archive(&saved);
			memcpy(header + field, kept, 8);
		}
	}
}

static void a_file_in_a_files_place_of_a_folder_ends_it(struct kunit *test)
{
	archive.size -= 124; /* the trailer */
	archive_add(&archive, "etc/motd/below", S_IFREG | 0644, "x", 1);
	saved = mount_archive(&archive, archive.size);
	KUNIT_EXPECT_NOT_NULL(test, find_path("etc/motd"));
	KUNIT_EXPECT_EQ(test, error_of("etc/motd/below", true), -ENOTDIR);
	unmount_archive(&saved);
}

static struct kunit_case broken_cases[] = {
	KUNIT_CASE(an_archive_cut_anywhere_is_read_up_to_there),
	KUNIT_CASE(no_field_of_a_header_leads_astray),
	KUNIT_CASE(a_file_in_a_files_place_of_a_folder_ends_it),
	{},
};

static struct kunit_suite broken_suite = {
	.name = "ramdisk_broken",
	.init = make_archive,
	.exit = free_archive,
	.test_cases = broken_cases,
};
kunit_test_suite(broken_suite);
