package com.github.shiroedev2024.leaf.engine.os;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.netty.channel.unix.Errors;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * Linux's calls for pipes and splice(2), through the Foreign Function API. Loading the class links
 * them, which takes some 50 ms the first time and fails with an unchecked exception or an error
 * where foreign functions are denied; {@link Splicing} is the only one to do that.
 */
final class PipeCalls {
  /** Nothing can be moved without waiting; what {@link #splice} answers then. */
  static final long AGAIN = -1;

  // <asm-generic/fcntl.h> and <linux/fcntl.h>, the same on x86-64, aarch64 and riscv64.
  private static final int O_NONBLOCK = 0x800;
  private static final int O_CLOEXEC = 0x80000;
  private static final int F_SETPIPE_SZ = 1031;
  private static final int F_GETPIPE_SZ = 1032;
  private static final int SPLICE_F_MOVE = 1;
  private static final int SPLICE_F_NONBLOCK = 2;
  private static final int EINTR = 4;
  private static final int EAGAIN = 11;

  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private static final MethodHandle SPLICE =
      function(
          "splice",
          FunctionDescriptor.of(
              JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
  private static final MethodHandle PIPE2 =
      function("pipe2", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle FCNTL =
      function(
          "fcntl",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT),
          Linker.Option.firstVariadicArg(2));
  private static final MethodHandle CLOSE =
      function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle GETPAGESIZE =
      function("getpagesize", FunctionDescriptor.of(JAVA_INT));

  /** Bytes of a memory page, and so of the most that one slot of a pipe holds. */
  static final int PAGE = pageSize();

  private PipeCalls() {}

  private static MethodHandle function(
      String name, FunctionDescriptor type, Linker.Option... options) {
    Linker linker = Linker.nativeLinker();
    SymbolLookup library = linker.defaultLookup();
    MemorySegment address =
        library.find(name).orElseThrow(() -> new UnsatisfiedLinkError("no function " + name));
    Linker.Option[] all = new Linker.Option[options.length + 1];
    all[0] = Linker.Option.captureCallState("errno");
    System.arraycopy(options, 0, all, 1, options.length);
    return linker.downcallHandle(address, type, all);
  }

  /** A place for errno, for one thread at a time. */
  static MemorySegment newState() {
    return Arena.ofAuto().allocate(STATE);
  }

  /**
   * A new pipe whose ends do not block: reading end in the lower half, writing end in the upper.
   */
  static long pipe(MemorySegment state) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment ends = arena.allocate(JAVA_INT, 2);
      if ((int) PIPE2.invokeExact(state, ends, O_NONBLOCK | O_CLOEXEC) != 0) {
        throw failure(state, "pipe2");
      }
      return ends.getAtIndex(ValueLayout.JAVA_INT, 0)
          | (long) ends.getAtIndex(ValueLayout.JAVA_INT, 1) << Integer.SIZE;
    } catch (Throwable e) {
      throw sneaky(e);
    }
  }

  /** Makes a pipe hold so many bytes; false when this user has too much in pipes already. */
  static boolean resize(MemorySegment state, int pipe, int bytes) {
    try {
      return (int) FCNTL.invokeExact(state, pipe, F_SETPIPE_SZ, bytes) >= 0;
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** How many bytes a pipe holds. */
  static int size(MemorySegment state, int pipe) throws IOException {
    try {
      int bytes = (int) FCNTL.invokeExact(state, pipe, F_GETPIPE_SZ, 0);
      if (bytes < 0) {
        throw failure(state, "fcntl");
      }
      return bytes;
    } catch (Throwable e) {
      throw sneaky(e);
    }
  }

  /**
   * Moves bytes between two descriptors, of which one is a pipe's end, without waiting.
   *
   * @return bytes moved, 0 at the end of what is read, or {@link #AGAIN}
   */
  static long splice(MemorySegment state, int from, int to, long most) throws IOException {
    try {
      while (true) {
        long moved =
            (long)
                SPLICE.invokeExact(
                    state,
                    from,
                    MemorySegment.NULL,
                    to,
                    MemorySegment.NULL,
                    most,
                    SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
        if (moved >= 0) {
          return moved;
        }
        int error = (int) ERRNO.get(state, 0L);
        if (error == EAGAIN) {
          return AGAIN;
        }
        if (error != EINTR) {
          throw Errors.newIOException("splice", -error);
        }
      }
    } catch (Throwable e) {
      throw sneaky(e);
    }
  }

  static void close(MemorySegment state, int descriptor) {
    try {
      // Linux frees the number whatever it answers (close(2)), so there is nothing left to do.
      int ignored = (int) CLOSE.invokeExact(state, descriptor);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static int pageSize() {
    try {
      return (int) GETPAGESIZE.invokeExact(newState());
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static IOException failure(MemorySegment state, String call) {
    return Errors.newIOException(call, -(int) ERRNO.get(state, 0L));
  }

  private static IOException sneaky(Throwable e) {
    if (e instanceof IOException known) {
      return known;
    }
    throw unexpected(e);
  }

  private static RuntimeException unexpected(Throwable e) {
    return switch (e) {
      case RuntimeException known -> known;
      case Error known -> throw known;
      default -> new IllegalStateException(e);
    };
  }
}
