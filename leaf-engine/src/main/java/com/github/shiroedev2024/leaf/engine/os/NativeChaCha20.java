package com.github.shiroedev2024.leaf.engine.os;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.netty.util.concurrent.FastThreadLocal;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * ChaCha20-Poly1305 (RFC 8439) by the system's OpenSSL. The JDK has fast code for Poly1305 only
 * where the processor has AVX-512; without it OpenSSL takes a fifth of the JDK's time. Nothing is
 * kept for a key: each thread has one context a direction, and every call brings its key.
 *
 * @see <a href="https://docs.openssl.org/3.0/man3/EVP_EncryptInit/">EVP_EncryptInit(3)</a>
 */
public final class NativeChaCha20 {
  /** Its absence, or {@code -Dleaf.libcrypto=false}, leaves the work to the JDK. */
  private static final List<String> LIBRARIES = List.of("libcrypto.so.3", "libcrypto.so.1.1");

  private static final int KEY_BYTES = 32;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BYTES = 16;

  private static final int GET_TAG = 0x10;
  private static final int SET_TAG = 0x11;

  private static final Logger LOG = LoggerFactory.getLogger(NativeChaCha20.class);

  // One per event loop, not per connection: bounded, whatever is configured.
  private static final FastThreadLocal<NativeChaCha20> SEALING = ofThread(true);
  private static final FastThreadLocal<NativeChaCha20> OPENING = ofThread(false);

  private final Functions functions;
  private final MemorySegment context;
  private final int encrypt;
  private final MemorySegment written = MemorySegment.ofArray(new int[1]);

  private NativeChaCha20(Functions functions, boolean sealing) {
    this.functions = functions;
    this.encrypt = sealing ? 1 : 0;
    this.context = functions.newContext(encrypt);
  }

  private static FastThreadLocal<NativeChaCha20> ofThread(boolean sealing) {
    return new FastThreadLocal<>() {
      @Override
      protected NativeChaCha20 initialValue() {
        Functions functions = Loaded.FUNCTIONS;
        if (functions == null) {
          throw new IllegalStateException("there is no OpenSSL; ask isAvailable() first");
        }
        return new NativeChaCha20(functions, sealing);
      }
    };
  }

  /** Whether the system has a library that computes what the RFC says. */
  public static boolean isAvailable() {
    return Loaded.FUNCTIONS != null;
  }

  /**
   * Seals a piece.
   *
   * @param key 32 bytes
   * @param nonce 12 bytes
   * @param out gets {@code length} bytes and a tag of 16; another array than {@code in}
   */
  public static void seal(
      byte[] key, byte[] nonce, byte[] in, int inOffset, int length, byte[] out, int outOffset) {
    NativeChaCha20 cipher = SEALING.get();
    MemorySegment sealed = piece(out, outOffset, length + TAG_BYTES);
    if (!cipher.run(key, nonce, piece(in, inOffset, length), length, sealed)
        || !cipher.tag(GET_TAG, sealed, length)) {
      throw new IllegalStateException("OpenSSL failed to seal");
    }
  }

  /**
   * Opens a piece.
   *
   * @param key 32 bytes
   * @param nonce 12 bytes
   * @param length bytes, the tag of 16 included
   * @param out gets {@code length} less the tag; another array than {@code in}
   * @return whether it is what was sealed with this key and nonce; nothing of it may be used
   *     otherwise
   */
  public static boolean open(
      byte[] key, byte[] nonce, byte[] in, int inOffset, int length, byte[] out, int outOffset) {
    int plain = length - TAG_BYTES;
    return plain >= 0
        && OPENING
            .get()
            .run(key, nonce, piece(in, inOffset, length), plain, piece(out, outOffset, plain));
  }

  private static MemorySegment piece(byte[] array, int offset, int length) {
    return MemorySegment.ofArray(array).asSlice(offset, length);
  }

  private boolean run(byte[] key, byte[] nonce, MemorySegment in, int length, MemorySegment out) {
    if (key.length != KEY_BYTES || nonce.length != NONCE_BYTES) {
      throw new IllegalArgumentException("ChaCha20 takes a key of 32 and a nonce of 12 bytes");
    }
    MemorySegment none = MemorySegment.NULL;
    MemorySegment keyed = MemorySegment.ofArray(key);
    MemorySegment once = MemorySegment.ofArray(nonce);
    try {
      return (int) functions.init.invokeExact(context, none, none, keyed, once, encrypt) == 1
          && (encrypt == 1 || tag(SET_TAG, in, length))
          && (int) functions.update.invokeExact(context, out, written, in, length) == 1
          && (int) functions.last.invokeExact(context, out, written) == 1;
    } catch (Throwable e) { // what a method handle may throw
      throw new IllegalStateException("OpenSSL cannot be called", e);
    }
  }

  private boolean tag(int command, MemorySegment piece, int at) {
    try {
      return (int)
              functions.control.invokeExact(
                  context, command, TAG_BYTES, piece.asSlice(at, TAG_BYTES))
          == 1;
    } catch (Throwable e) { // what a method handle may throw
      throw new IllegalStateException("OpenSSL cannot be called", e);
    }
  }

  /** Found and tried when first asked for. */
  private static final class Loaded {
    static final @Nullable Functions FUNCTIONS = load();

    private Loaded() {}

    private static @Nullable Functions load() {
      if (!Boolean.parseBoolean(System.getProperty("leaf.libcrypto", "true"))) {
        return null;
      }
      for (String name : LIBRARIES) {
        try {
          Functions functions = new Functions(SymbolLookup.libraryLookup(name, Arena.global()));
          if (isRight(functions)) {
            LOG.debug("ChaCha20-Poly1305 is computed by {}", name);
            return functions;
          }
          LOG.warn("{} computes no ChaCha20-Poly1305; the JDK does", name);
        } catch (RuntimeException e) { // not there, or other than its documentation
          LOG.debug("{} is not used: {}", name, e.toString());
        }
      }
      return null;
    }

    /** The tag of an empty message under zeros; a library in FIPS mode has no such cipher. */
    private static boolean isRight(Functions functions) {
      byte[] tag = new byte[TAG_BYTES];
      byte[] key = new byte[KEY_BYTES];
      byte[] nonce = new byte[NONCE_BYTES];
      NativeChaCha20 sealing = new NativeChaCha20(functions, true);
      MemorySegment out = MemorySegment.ofArray(tag);
      return sealing.run(key, nonce, MemorySegment.ofArray(new byte[0]), 0, out)
          && sealing.tag(GET_TAG, out, 0)
          && Arrays.equals(tag, HexFormat.of().parseHex("4eb972c9a8fb3a1b382bb4d36f5ffad1"));
    }
  }

  /** The library's functions. Those that get Java's arrays run to their end without a safepoint. */
  private static final class Functions {
    private final MethodHandle create;
    private final MethodHandle free;
    private final MemorySegment cipher;
    private final MethodHandle init;
    private final MethodHandle update;
    private final MethodHandle last;
    private final MethodHandle control;

    Functions(SymbolLookup library) {
      Linker linker = Linker.nativeLinker();
      create =
          linker.downcallHandle(
              library.findOrThrow("EVP_CIPHER_CTX_new"), FunctionDescriptor.of(ADDRESS));
      free =
          linker.downcallHandle(
              library.findOrThrow("EVP_CIPHER_CTX_free"), FunctionDescriptor.ofVoid(ADDRESS));
      MethodHandle chosen =
          linker.downcallHandle(
              library.findOrThrow("EVP_chacha20_poly1305"), FunctionDescriptor.of(ADDRESS));
      try {
        cipher = (MemorySegment) chosen.invokeExact();
      } catch (Throwable e) { // what a method handle may throw
        throw new IllegalStateException("OpenSSL cannot be called", e);
      }
      init = onArrays(library, "EVP_CipherInit_ex", ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_INT);
      update = onArrays(library, "EVP_CipherUpdate", ADDRESS, ADDRESS, ADDRESS, JAVA_INT);
      last = onArrays(library, "EVP_CipherFinal_ex", ADDRESS, ADDRESS);
      control = onArrays(library, "EVP_CIPHER_CTX_ctrl", JAVA_INT, JAVA_INT, ADDRESS);
    }

    /** A function of a context and these, which returns 1 when it worked. */
    private static MethodHandle onArrays(
        SymbolLookup library, String name, MemoryLayout... arguments) {
      return Linker.nativeLinker()
          .downcallHandle(
              library.findOrThrow(name),
              FunctionDescriptor.of(JAVA_INT, ADDRESS).appendArgumentLayouts(arguments),
              Linker.Option.critical(true));
    }

    /** Freed when its thread is gone. */
    MemorySegment newContext(int encrypt) {
      MemorySegment none = MemorySegment.NULL;
      try {
        MemorySegment context = (MemorySegment) create.invokeExact();
        if (context.equals(none)) {
          throw new IllegalStateException("OpenSSL has no memory");
        }
        MemorySegment owned = context.reinterpret(Arena.ofAuto(), this::free);
        if ((int) init.invokeExact(owned, cipher, none, none, none, encrypt) != 1) {
          throw new IllegalStateException("OpenSSL has no ChaCha20-Poly1305");
        }
        return owned;
      } catch (IllegalStateException e) {
        throw e;
      } catch (Throwable e) { // what a method handle may throw
        throw new IllegalStateException("OpenSSL cannot be called", e);
      }
    }

    private void free(MemorySegment context) {
      try {
        free.invokeExact(context);
      } catch (Throwable e) { // what a method handle may throw
        throw new IllegalStateException("OpenSSL cannot be called", e);
      }
    }
  }
}
