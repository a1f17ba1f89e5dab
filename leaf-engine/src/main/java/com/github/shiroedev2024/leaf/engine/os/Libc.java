package com.github.shiroedev2024.leaf.engine.os;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * The few calls of the C library that Linux devices, netlink and batches of datagrams need. Each
 * answers what the call answers, or the negative errno when it failed. Pointers are addresses of
 * memory that the caller keeps alive during the call.
 */
final class Libc {
  static final int EPERM = 1;
  static final int ENOENT = 2;
  static final int ESRCH = 3;
  static final int EINTR = 4;
  static final int EIO = 5;
  static final int EAGAIN = 11;
  static final int EACCES = 13;
  static final int EBUSY = 16;
  static final int EEXIST = 17;
  static final int ENODEV = 19;
  static final int EINVAL = 22;
  static final int EMSGSIZE = 90;
  static final int EAFNOSUPPORT = 97;

  static final int O_RDWR = 2;
  static final int O_NONBLOCK = 0x800;
  static final int O_CLOEXEC = 0x80000;
  static final int F_DUPFD_CLOEXEC = 1030;
  static final int F_GETFL = 3;
  static final int F_SETFL = 4;

  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final ThreadLocal<MemorySegment> CAPTURED =
      ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(STATE));

  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

  private static final MethodHandle OPEN = variadic("open", 2, INT, LONG, INT, INT);
  private static final MethodHandle CLOSE = plain("close", INT, INT);
  private static final MethodHandle READ = plain("read", LONG, INT, LONG, LONG);
  private static final MethodHandle WRITE = plain("write", LONG, INT, LONG, LONG);
  private static final MethodHandle IOCTL = variadic("ioctl", 2, INT, INT, LONG, LONG);
  private static final MethodHandle FCNTL = variadic("fcntl", 2, INT, INT, INT, INT);
  private static final MethodHandle POLL = plain("poll", INT, LONG, LONG, INT);
  private static final MethodHandle EVENTFD = plain("eventfd", INT, INT, INT);
  private static final MethodHandle SOCKET = plain("socket", INT, INT, INT, INT);
  private static final MethodHandle SEND = plain("send", LONG, INT, LONG, LONG, INT);
  private static final MethodHandle RECV = plain("recv", LONG, INT, LONG, LONG, INT);
  private static final MethodHandle WRITEV = plain("writev", LONG, INT, LONG, INT);
  private static final MethodHandle SENDMMSG = plain("sendmmsg", INT, INT, LONG, INT, INT);
  private static final MethodHandle RECVMMSG = plain("recvmmsg", INT, INT, LONG, INT, INT, LONG);
  private static final MethodHandle GETSOCKOPT =
      plain("getsockopt", INT, INT, INT, INT, LONG, LONG);
  private static final MethodHandle STRERROR =
      Linker.nativeLinker()
          .downcallHandle(
              Linker.nativeLinker().defaultLookup().findOrThrow("strerror"),
              FunctionDescriptor.of(ValueLayout.ADDRESS, INT));

  private Libc() {}

  private static MethodHandle plain(String name, MemoryLayout result, MemoryLayout... arguments) {
    return handle(name, FunctionDescriptor.of(result, arguments));
  }

  private static MethodHandle variadic(
      String name, int fixed, MemoryLayout result, MemoryLayout... arguments) {
    return handle(
        name, FunctionDescriptor.of(result, arguments), Linker.Option.firstVariadicArg(fixed));
  }

  private static MethodHandle handle(
      String name, FunctionDescriptor descriptor, Linker.Option... more) {
    Linker.Option[] options = java.util.Arrays.copyOf(more, more.length + 1);
    options[more.length] = Linker.Option.captureCallState("errno");
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor, options);
  }

  private static long answer(long result, MemorySegment state) {
    return result < 0 ? -(int) ERRNO.get(state, 0L) : result;
  }

  static int open(String path, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = CAPTURED.get();
      long name = arena.allocateFrom(path).address();
      return (int) answer((int) OPEN.invokeExact(state, name, flags, 0), state);
    } catch (Throwable e) {
      throw never(e);
    }
  }

  static int close(int fd) {
    try {
      MemorySegment state = CAPTURED.get();
      return (int) answer((int) CLOSE.invokeExact(state, fd), state);
    } catch (Throwable e) {
      throw never(e);
    }
  }

  static long read(int fd, long into, long length) {
    try {
      MemorySegment state = CAPTURED.get();
      return answer((long) READ.invokeExact(state, fd, into, length), state);
    } catch (Throwable e) {
      throw never(e);
    }
  }

  static long write(int fd, long from, long length) {
    try {
      MemorySegment state = CAPTURED.get();
      return answer((long) WRITE.invokeExact(state, fd, from, length), state);
    } catch (Throwable e) {
      throw never(e);
    }
  }

  static int ioctl(int fd, long request, long argument) {
    try {
      MemorySegment state = CAPTURED.get();
      return (int) answer((int) IOCTL.invokeExact(state, fd, request, argument), state);
    } catch (Throwable e) {
      throw never(e);
    }
  }

  static int fcntl(int fd, int command, int argument) {
    try {
      MemorySegment state = CAPTURED.get();
      return (int) answer((int) FCNTL.invokeExact(state, fd, command, argument), state);
    } catch (Throwable e) {
      throw never(e);
    }
  }

  /**
   * @param timeoutMillis -1 waits for ever
   */
  static int poll(long polled, long count, int timeoutMillis) {
    try {
      MemorySegment state = CAPTURED.get();
      return (int) answer((int) POLL.invokeExact(state, polled, count, timeoutMillis), state);
    } catch (Throwable e) {
      throw never(e);
    }
  }

  static int eventfd() {
    try {
      MemorySegment state = CAPTURED.get();
      return (int) answer((int) EVENTFD.invokeExact(state, 0, O_NONBLOCK | O_CLOEXEC), state);
    } catch (Throwable e) {
      throw never(e);
    }
  }

  static int socket(int domain, int type, int protocol) {
    try {
      MemorySegment state = CAPTURED.get();
      return (int) answer((int) SOCKET.invokeExact(state, domain, type, protocol), state);
    } catch (Throwable e) {
      throw never(e);
    }
  }

  static long send(int fd, long from, long length) {
    try {
      MemorySegment state = CAPTURED.get();
      return answer((long) SEND.invokeExact(state, fd, from, length, 0), state);
    } catch (Throwable e) {
      throw never(e);
    }
  }

  static long receive(int fd, long into, long length) {
    try {
      MemorySegment state = CAPTURED.get();
      return answer((long) RECV.invokeExact(state, fd, into, length, 0), state);
    } catch (Throwable e) {
      throw never(e);
    }
  }

  /**
   * @param pieces of struct iovec
   */
  static long writev(int fd, long pieces, int count) {
    try {
      MemorySegment state = CAPTURED.get();
      return answer((long) WRITEV.invokeExact(state, fd, pieces, count), state);
    } catch (Throwable e) {
      throw never(e);
    }
  }

  /**
   * @param messages of struct mmsghdr
   */
  static int sendmmsg(int fd, long messages, int count) {
    try {
      MemorySegment state = CAPTURED.get();
      return (int) answer((int) SENDMMSG.invokeExact(state, fd, messages, count, 0), state);
    } catch (Throwable e) {
      throw never(e);
    }
  }

  /**
   * @param messages of struct mmsghdr
   */
  static int recvmmsg(int fd, long messages, int count) {
    try {
      MemorySegment state = CAPTURED.get();
      return (int) answer((int) RECVMMSG.invokeExact(state, fd, messages, count, 0, 0L), state);
    } catch (Throwable e) {
      throw never(e);
    }
  }

  /** The value of an option that is an int; a negative errno when there is none. */
  static int getsockopt(int fd, int level, int option) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = CAPTURED.get();
      MemorySegment value = arena.allocate(INT);
      MemorySegment length = arena.allocateFrom(INT, 4);
      int done =
          (int)
              answer(
                  (int)
                      GETSOCKOPT.invokeExact(
                          state, fd, level, option, value.address(), length.address()),
                  state);
      return done < 0 ? done : value.get(INT, 0);
    } catch (Throwable e) {
      throw never(e);
    }
  }

  /** The system's own words for an error number, in lower case as within a sentence. */
  static String text(int errno) {
    try {
      MemorySegment words = (MemorySegment) STRERROR.invokeExact(errno);
      String text = words.reinterpret(256).getString(0, StandardCharsets.UTF_8);
      return text.substring(0, 1).toLowerCase(Locale.ROOT) + text.substring(1);
    } catch (Throwable e) {
      throw never(e);
    }
  }

  /** What could not be done, with the system's reason. */
  static IOException failure(String what, long result) {
    return new IOException(what + ": " + text((int) -result));
  }

  /** The handles' types are fixed above, so nothing but an error can come out of them. */
  private static AssertionError never(Throwable e) {
    if (e instanceof Error error) {
      throw error;
    }
    return new AssertionError(e);
  }
}
