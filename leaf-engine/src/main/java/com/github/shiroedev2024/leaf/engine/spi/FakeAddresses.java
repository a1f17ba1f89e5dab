package com.github.shiroedev2024.leaf.engine.spi;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Addresses that stand for names: who asks for a name is given one, and what is then sent there
 * goes to the name. They outlive engines over reloads. Thread-safe.
 */
public interface FakeAddresses {
  /** One session's claim on an address: until it is closed nobody else is given that address. */
  interface Use extends AutoCloseable {
    /** The name, in lower case and without a last dot. */
    String name();

    /** Idempotent. */
    @Override
    void close();
  }

  /** None at all, for where no names are faked. */
  FakeAddresses NONE =
      new FakeAddresses() {
        @Override
        public @Nullable InetAddress give(String name) {
          return null;
        }

        @Override
        public boolean inRange(long address) {
          return false;
        }

        @Override
        public @Nullable String name(long address) {
          return null;
        }

        @Override
        public @Nullable Use use(long address) {
          return null;
        }
      };

  /**
   * The address of a name, which it keeps for as long as it is talked about.
   *
   * @param name as {@link Use#name} gives it
   * @return null when every address is in use or was given away a moment ago
   */
  @Nullable InetAddress give(String name);

  /**
   * Whether an address can only be one of these.
   *
   * @param address the 32 bits of an IPv4 address
   */
  boolean inRange(long address);

  /** The name that an address stands for, or null. Takes no lock: packets ask. */
  @Nullable String name(long address);

  /** Claims an address for a session; null when it stands for no name. */
  @Nullable Use use(long address);
}
