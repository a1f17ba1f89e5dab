package com.github.shiroedev2024.leaf.engine.listen;

import com.github.shiroedev2024.leaf.engine.spi.Device;
import com.github.shiroedev2024.leaf.engine.spi.DeviceInbound;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;

/**
 * The packet devices of one runtime, changed like {@link Listeners}: staged, then committed or
 * rolled back. A device whose plan stays is never touched. Control thread only.
 */
public final class Devices {
  private final Logger log;
  private Map<Object, Device> running = new LinkedHashMap<>();

  public Devices(ILoggerFactory logs) {
    this.log = logs.getLogger("leaf.listen");
  }

  /** Opens what is not open yet. */
  public Staged stage(List<DeviceInbound> inbounds) {
    Staged staged = new Staged();
    for (DeviceInbound inbound : inbounds) {
      Device kept = running.get(inbound.plan());
      try {
        Device device = kept == null ? inbound.open(List.copyOf(running.values())) : kept;
        staged.next.put(inbound.plan(), device);
        if (kept == null) {
          staged.fresh.add(device);
        }
      } catch (IOException e) {
        staged.failures.add("inbound '" + inbound.tag() + "': " + e.getMessage());
      }
    }
    return staged;
  }

  /** Closes all. */
  public void close() {
    Map<Object, Device> closing = running;
    running = new LinkedHashMap<>();
    closing.values().forEach(Device::close);
  }

  /** A change that is opened but not live. */
  public final class Staged {
    private final Map<Object, Device> next = new LinkedHashMap<>();
    private final List<Device> fresh = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();

    private Staged() {}

    /** What could not be opened and why. */
    public List<String> failures() {
      return failures;
    }

    /** The addresses that this inbound's device needs sockets on; none when it was not opened. */
    public List<InetAddress> addresses(DeviceInbound inbound) {
      Device device = next.get(inbound.plan());
      return device == null ? List.of() : device.addresses();
    }

    /**
     * Gives each device its inbound and closes those not needed any more.
     *
     * @param bound where the sockets of an inbound's device listen
     */
    public void commit(
        List<DeviceInbound> inbounds, Function<DeviceInbound, List<InetSocketAddress>> bound) {
      List<Device> gone = new ArrayList<>(running.values());
      gone.removeAll(next.values());
      running = next;
      for (Device device : fresh) {
        try {
          device.takeOver(gone);
        } catch (IOException e) {
          log.error(
              "a device could not take its predecessor's place, its traffic goes nowhere until the"
                  + " next reload or stop: {}",
              e.getMessage());
        }
      }
      gone.forEach(Device::close);
      for (DeviceInbound inbound : inbounds) {
        Device device = next.get(inbound.plan());
        if (device != null) {
          device.serve(inbound, bound.apply(inbound));
        }
      }
    }

    /** Closes what was opened for this change. */
    public void rollback() {
      fresh.forEach(Device::close);
    }
  }
}
