/* <tests/user_code.h> for this architecture: syscall with RAX; RDI, RSI, RDX, R10. */
#include <tests/user_code.h>

USER_CODE(user_exit_42, "mov $60, %eax\n" /* exit */
			"mov $42, %edi\n"
			"syscall");

USER_CODE(user_fork_wait, "mov $57, %eax\n" /* fork */
			  "syscall\n"
			  "mov $42, %edi\n"
			  "test %eax, %eax\n"
			  "jz 1f\n"
			  "push %rax\n" /* room for the status */
			  "or $-1, %rdi\n"
			  "mov %rsp, %rsi\n"
			  "xor %edx, %edx\n"
			  "xor %r10d, %r10d\n"
			  "mov $61, %eax\n" /* wait4 */
			  "syscall\n"
			  "pop %rdi\n"
			  "shr $8, %edi\n"
			  "1: mov $60, %eax\n" /* exit */
			  "syscall");

USER_CODE(user_read_16, "movb 16, %al");

USER_CODE(user_spin, "1: jmp 1b");
