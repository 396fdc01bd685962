/* <tests/user_code.h> for this architecture: int 0x80 with EAX; EBX, ECX, EDX, ESI. */
#include <tests/user_code.h>

USER_CODE(user_exit_42, "mov $1, %eax\n" /* exit */
			"mov $42, %ebx\n"
			"int $0x80");

USER_CODE(user_fork_wait, "mov $2, %eax\n" /* fork */
			  "int $0x80\n"
			  "mov $42, %ebx\n"
			  "test %eax, %eax\n"
			  "jz 1f\n"
			  "push %eax\n" /* room for the status */
			  "or $-1, %ebx\n"
			  "mov %esp, %ecx\n"
			  "xor %edx, %edx\n"
			  "xor %esi, %esi\n"
			  "mov $114, %eax\n" /* wait4 */
			  "int $0x80\n"
			  "pop %ebx\n"
			  "shr $8, %ebx\n"
			  "1: mov $1, %eax\n" /* exit */
			  "int $0x80");

USER_CODE(user_read_16, "movb 16, %al");

USER_CODE(user_spin, "1: jmp 1b");
