/*
 * The root: names, links, directories and contents of the ramdisk, which cannot be written.
 *
 *      /etc/motd, /etc/welcome -> motd, /tree/... , /bin/files and other names of one file
 *
 * `files DIR` looks at a copy of that tree, on a host.
 */
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include "check.h"

#define MOTD "896 MB are always there; the rest comes through a window.\n"

static bool is_copy;

static void contents(void)
{
	char buffer[200] = "";
	struct iovec vec[2] = { { buffer, 4 }, { buffer + 4, 100 } };
	int fd = open("etc/motd", O_RDONLY);

	CHECK(fd > 2);
	CHECK(read(fd, buffer, sizeof(buffer)) == sizeof(MOTD) - 1 && !strcmp(buffer, MOTD));
	CHECK(read(fd, buffer, sizeof(buffer)) == 0);
	CHECK(lseek(fd, -5, SEEK_END) == sizeof(MOTD) - 6 && read(fd, buffer, 100) == 5);
	CHECK(!memcmp(buffer, "dow.\n", 5));
	CHECK(lseek(fd, 0, SEEK_SET) == 0 && readv(fd, vec, 2) == sizeof(MOTD) - 1);
	CHECK(!strcmp(buffer, MOTD) && lseek(fd, 1, SEEK_CUR) == sizeof(MOTD));
	CHECK(read(fd, buffer, 1) == 0);
	FAILS(lseek(fd, -1, SEEK_SET), EINVAL);
	FAILS(lseek(fd, 0, 99), EINVAL);
	CHECK(pread(fd, buffer, 3, 4) == 3 && !memcmp(buffer, MOTD + 4, 3));
	CHECK(close(fd) == 0);
}

static void stat_tells_what_it_is(void)
{
	struct stat motd, welcome, link, directory;

	CHECK(stat("etc/motd", &motd) == 0 && S_ISREG(motd.st_mode));
	CHECK(motd.st_size == sizeof(MOTD) - 1 && (motd.st_mode & 0777) == 0644 &&
	      motd.st_nlink == 1);
	CHECK(stat("etc/welcome", &welcome) == 0 && welcome.st_ino == motd.st_ino);
	CHECK(lstat("etc/welcome", &link) == 0 && S_ISLNK(link.st_mode) && link.st_size == 4);
	CHECK(stat("tree", &directory) == 0 && S_ISDIR(directory.st_mode));
	FAILS(stat("etc/nothing", &motd), ENOENT);
	FAILS(stat("etc/motd/x", &motd), ENOTDIR);
	FAILS(stat("", &motd), ENOENT);
}

/* All programs are one file with many names. */
static void hard_links_are_one_file(void)
{
	struct stat files, hello;

	CHECK(stat("bin/files", &files) == 0 && stat("bin/hello", &hello) == 0);
	CHECK(files.st_ino == hello.st_ino && files.st_nlink == hello.st_nlink &&
	      files.st_nlink > 10);
	CHECK(files.st_mode & S_IXUSR);
}

static void symbolic_links(void)
{
	char target[100] = "", long_name[300];
	struct stat st;

	CHECK(readlink("etc/welcome", target, sizeof(target)) == 4 && !strcmp(target, "motd"));
	CHECK(readlink("etc/welcome", target, 2) == 2);
	FAILS(readlink("etc/motd", target, sizeof(target)), EINVAL);
	CHECK(stat("tree/up/etc/motd", &st) == 0 && st.st_size == sizeof(MOTD) - 1);
	FAILS(stat("tree/loop", &st), ELOOP);
	FAILS(open("etc/welcome", O_RDONLY | O_NOFOLLOW), ELOOP);
	memset(long_name, 'x', sizeof(long_name) - 1);
	long_name[sizeof(long_name) - 1] = 0;
	FAILS(stat(long_name, &st), ENAMETOOLONG);
}

static void directories(void)
{
	DIR *tree = opendir("tree");
	struct dirent *entry;
	int seen = 0, files = 0, links = 0, folders = 0;

	CHECK(tree);
	while (tree && (entry = readdir(tree))) {
		seen++;
		files += entry->d_type == DT_REG;
		links += entry->d_type == DT_LNK;
		folders += entry->d_type == DT_DIR;
		CHECK(strlen(entry->d_name) < 10);
	}
	CHECK(seen == 7 && files == 2 && links == 2 && folders == 3);
	CHECK(!tree || closedir(tree) == 0);
	FAILS(opendir("etc/motd") ? 0 : -1, ENOTDIR);
}

static void a_process_stands_somewhere(void)
{
	char here[200], there[200];
	struct stat st;

	CHECK(getcwd(here, sizeof(here)) == here);
	CHECK(chdir("tree/a/b") == 0 && stat("c/deep", &st) == 0 && stat("../../empty", &st) == 0);
	CHECK(st.st_size == 0);
	CHECK(getcwd(there, sizeof(there)) && !strcmp(there + strlen(there) - 9, "/tree/a/b"));
	CHECK(chdir("../../..") == 0 && getcwd(there, sizeof(there)) && !strcmp(here, there));
	FAILS(chdir("etc/motd"), ENOTDIR);
	FAILS(getcwd(there, 1) ? 0 : -1, ERANGE);
}

static void nothing_can_be_written(void)
{
	FAILS(open("etc/motd", O_WRONLY), EROFS);
	FAILS(open("etc/new", O_WRONLY | O_CREAT, 0644), EROFS);
	FAILS(open("etc", O_RDWR), EISDIR);
}

static void descriptors_run_out(void)
{
	int first = open("etc/motd", O_RDONLY), last = first, fd;

	CHECK(dup2(first, 19) == 19 && close(first) == 0);
	while ((fd = dup(19)) >= 0)
		last = fd;
	CHECK(errno == EMFILE && last > 100);
	for (fd = first; fd <= last; fd++)
		CHECK(close(fd) == 0);
}

int main(int argc, char **argv)
{
	is_copy = argc > 1;
	CHECK(chdir(is_copy ? argv[1] : "/") == 0);
	contents();
	stat_tells_what_it_is();
	hard_links_are_one_file();
	symbolic_links();
	directories();
	a_process_stands_somewhere();
	if (!is_copy)
		nothing_can_be_written();
	descriptors_run_out();
	return failures;
}
