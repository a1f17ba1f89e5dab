package com.github.shiroedev2024.leaf.engine.os;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * A TUN device of Linux (linux/if_tun.h). One made here has several queues and takes super-packets:
 * TCP segments and UDP datagrams that the kernel has not cut yet. The device lives as long as its
 * descriptors, so it goes with the process whatever happens.
 */
public final class LinuxTun implements PacketDevice {
  /** IFNAMSIZ less the closing zero. */
  public static final int MAX_NAME = 15;

  private static final Path CONTROL = Path.of("/dev/net/tun");
  private static final int IFREQ = 40;
  private static final int IFREQ_FLAGS = 16;
  private static final long TUNSETIFF = 0x400454caL;
  private static final long TUNGETIFF = 0x800454d2L;
  private static final long TUNSETOFFLOAD = 0x400454d0L;
  private static final long TUNGETVNETHDRSZ = 0x800454d7L;
  private static final long TUNSETVNETHDRSZ = 0x400454d8L;
  private static final int IFF_TUN = 0x0001;
  private static final int IFF_MULTI_QUEUE = 0x0100;
  private static final int IFF_NO_PI = 0x1000;
  private static final int IFF_VNET_HDR = 0x4000;
  private static final int IFF_TUN_EXCL = 0x8000;

  /** TUN_F_CSUM, TSO4, TSO6, TSO_ECN. */
  private static final int TCP_OFFLOADS = 0x01 | 0x02 | 0x04 | 0x08;

  /** TUN_F_USO4, USO6: Linux 6.2. */
  private static final int UDP_OFFLOADS = 0x20 | 0x40;

  private static final int VNET_HEADER = 10;
  private static final short POLLIN = 1;
  private static final int POLLFD = 8;

  private final String name;
  private final int[] descriptors;
  private final int headerLength;
  private final boolean datagramBatches;
  private final int wake;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment polled;
  private boolean closed;

  private LinuxTun(String name, int[] descriptors, int headerLength, boolean datagramBatches)
      throws IOException {
    this.name = name;
    this.descriptors = descriptors;
    this.headerLength = headerLength;
    this.datagramBatches = datagramBatches;
    this.wake = Libc.eventfd();
    if (wake < 0) {
      throw Libc.failure("no eventfd", wake);
    }
    this.polled = arena.allocate(2L * POLLFD * descriptors.length, 8);
    for (int i = 0; i < descriptors.length; i++) {
      polledAt(i, 0, descriptors[i]);
      polledAt(i, 1, wake);
    }
  }

  private void polledAt(int queue, int which, int fd) {
    long at = 2L * POLLFD * queue + (long) POLLFD * which;
    polled.set(ValueLayout.JAVA_INT, at, fd);
    polled.set(ValueLayout.JAVA_SHORT, at + 4, POLLIN);
  }

  /**
   * Makes a device.
   *
   * @param name 1 to {@value #MAX_NAME} bytes
   * @param queues at least 1
   * @throws IOException saying what is missing and how to get it
   */
  public static LinuxTun create(String name, int queues) throws IOException {
    if (!System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("linux")) {
      throw new IOException("a TUN device can be made on Linux only; elsewhere hand one in");
    }
    int length = name.getBytes(StandardCharsets.UTF_8).length;
    if (length == 0 || length > MAX_NAME) {
      throw new IOException(
          "the name of a TUN device has 1 to " + MAX_NAME + " bytes, '" + name + "' has " + length);
    }
    if (Files.isDirectory(Path.of("/sys/class/net", name))) {
      throw new IOException(
          "there is an interface '" + name + "' already; choose another name, or remove it");
    }
    int[] descriptors = new int[queues];
    int opened = 0;
    try {
      for (; opened < queues; opened++) {
        descriptors[opened] = openQueue(name, opened == 0);
      }
      // Linux that offers to leave batches whole takes them too, both since 6.2.
      int all = TCP_OFFLOADS | UDP_OFFLOADS;
      boolean batches = Libc.ioctl(descriptors[0], TUNSETOFFLOAD, all) >= 0;
      if (!batches) {
        check("TUNSETOFFLOAD", Libc.ioctl(descriptors[0], TUNSETOFFLOAD, TCP_OFFLOADS));
      }
      return new LinuxTun(name, descriptors, VNET_HEADER, batches);
    } catch (IOException e) {
      for (int i = 0; i < opened; i++) {
        Libc.close(descriptors[i]);
      }
      throw e;
    }
  }

  private static int openQueue(String name, boolean first) throws IOException {
    int fd = Libc.open(CONTROL.toString(), Libc.O_RDWR | Libc.O_NONBLOCK | Libc.O_CLOEXEC);
    if (fd < 0) {
      throw refused(fd);
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment request = arena.allocate(IFREQ, 8);
      request.setString(0, name);
      // Linux looks at EXCL when the first queue makes the device only.
      int flags = IFF_TUN | IFF_NO_PI | IFF_VNET_HDR | IFF_MULTI_QUEUE;
      request.set(
          ValueLayout.JAVA_SHORT, IFREQ_FLAGS, (short) (first ? flags | IFF_TUN_EXCL : flags));
      int done = Libc.ioctl(fd, TUNSETIFF, request.address());
      if (done == -Libc.EBUSY || done == -Libc.EEXIST) {
        throw new IOException("there is a device '" + name + "' already; choose another name");
      }
      if (done == -Libc.EINVAL) {
        throw new IOException("the system takes no device of the name '" + name + "'");
      }
      if (done < 0) {
        throw refused(done);
      }
      MemorySegment size = arena.allocate(4, 4);
      size.set(ValueLayout.JAVA_INT, 0, VNET_HEADER);
      check("TUNSETVNETHDRSZ", Libc.ioctl(fd, TUNSETVNETHDRSZ, size.address()));
      return fd;
    } catch (IOException e) {
      Libc.close(fd);
      throw e;
    }
  }

  private static void check(String what, int result) throws IOException {
    if (result < 0) {
      throw Libc.failure(what, result);
    }
  }

  private static IOException refused(int result) {
    return switch (-result) {
      case Libc.EPERM, Libc.EACCES ->
          new IOException(
              "making a TUN device needs the capability CAP_NET_ADMIN, which this process lacks;"
                  + " run Leaf as root, or grant it to the Java that runs Leaf: sudo setcap"
                  + " cap_net_admin+eip "
                  + Path.of(System.getProperty("java.home", ""), "bin", "java"));
      case Libc.ENOENT, Libc.ENODEV ->
          new IOException(
              CONTROL
                  + " is missing; load the driver with 'modprobe tun', or in a container pass"
                  + " --device "
                  + CONTROL);
      default -> Libc.failure("cannot open " + CONTROL, result);
    };
  }

  /**
   * Uses a device that somebody else opened and set up. The descriptor stays theirs: a duplicate is
   * used, and closed at the end.
   *
   * @throws IOException when it is no open descriptor
   */
  public static LinuxTun handedIn(int fd) throws IOException {
    int own = Libc.fcntl(fd, Libc.F_DUPFD_CLOEXEC, 3);
    if (own < 0) {
      throw Libc.failure("tun-fd " + fd + " cannot be used", own);
    }
    try (Arena arena = Arena.ofConfined()) {
      check(
          "tun-fd " + fd + " cannot be used",
          Libc.fcntl(own, Libc.F_SETFL, Libc.fcntl(own, Libc.F_GETFL, 0) | Libc.O_NONBLOCK));
      MemorySegment request = arena.allocate(IFREQ, 8);
      int told = Libc.ioctl(own, TUNGETIFF, request.address());
      if (told < 0) {
        throw new IOException("tun-fd " + fd + " is not a TUN device: " + Libc.text(-told));
      }
      int flags = request.get(ValueLayout.JAVA_SHORT, IFREQ_FLAGS) & 0xffff;
      if ((flags & IFF_TUN) == 0 || (flags & IFF_NO_PI) == 0) {
        throw new IOException("tun-fd " + fd + " is not a TUN device with IFF_TUN and IFF_NO_PI");
      }
      int header = 0;
      if ((flags & IFF_VNET_HDR) != 0) {
        MemorySegment size = arena.allocate(4, 4);
        check("TUNGETVNETHDRSZ", Libc.ioctl(own, TUNGETVNETHDRSZ, size.address()));
        header = size.get(ValueLayout.JAVA_INT, 0);
        if (header != VNET_HEADER) {
          throw new IOException(
              "tun-fd " + fd + " has headers of " + header + " bytes, not " + VNET_HEADER);
        }
      }
      return new LinuxTun(request.getString(0), new int[] {own}, header, false);
    } catch (IOException e) {
      Libc.close(own);
      throw e;
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int queues() {
    return descriptors.length;
  }

  @Override
  public int headerLength() {
    return headerLength;
  }

  @Override
  public boolean takesDatagramBatches() {
    return datagramBatches;
  }

  @Override
  public int read(int queue, NativeBuffer into, int at) {
    while (true) {
      long got = Libc.read(descriptors[queue], into.address() + at, into.bytes().capacity() - at);
      if (got > 0) {
        return (int) got;
      }
      if (got == -Libc.EAGAIN || got == 0) {
        return 0;
      }
      if (got != -Libc.EINTR) {
        return -1;
      }
    }
  }

  @Override
  public boolean write(int queue, NativeBuffer from, int start, int length) {
    while (true) {
      long put = Libc.write(descriptors[queue], from.address() + start, length);
      if (put != -Libc.EINTR) {
        return put == length;
      }
    }
  }

  @Override
  public boolean write(int queue, PacketPieces packet) {
    while (true) {
      long put = Libc.writev(descriptors[queue], packet.address(), packet.count());
      if (put != -Libc.EINTR) {
        return put == packet.length();
      }
    }
  }

  @Override
  public boolean await(int queue) {
    long at = 2L * POLLFD * queue;
    while (true) {
      int ready = Libc.poll(polled.address() + at, 2, -1);
      if (ready != -Libc.EINTR) {
        return ready > 0 && polled.get(ValueLayout.JAVA_SHORT, at + POLLFD + 6) == 0;
      }
    }
  }

  @Override
  public void wake() {
    try (Arena one = Arena.ofConfined()) {
      Libc.write(wake, one.allocateFrom(ValueLayout.JAVA_LONG, 1).address(), 8);
    }
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    for (int fd : descriptors) {
      Libc.close(fd);
    }
    Libc.close(wake);
    arena.close();
  }
}
