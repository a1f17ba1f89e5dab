package com.github.shiroedev2024.leaf.engine.sniff;

import com.github.shiroedev2024.leaf.engine.dns.PassingAnswer;
import com.github.shiroedev2024.leaf.engine.spi.Datagram;
import com.github.shiroedev2024.leaf.engine.spi.DatagramSink;
import java.net.InetAddress;

/** Notes the answers of DNS servers on their way to an association's client, and passes them on. */
public final class DnsListener implements DatagramSink {
  private static final int PORT = 53;

  private final DatagramSink client;
  private final KnownNames names;

  /**
   * Listens in on what this client receives.
   *
   * @param names where it is noted
   */
  public DnsListener(DatagramSink client, KnownNames names) {
    this.client = client;
    this.names = names;
  }

  @Override
  public void receive(Datagram datagram) {
    if (datagram.peer().port() == PORT) {
      PassingAnswer answer = PassingAnswer.read(datagram.content());
      String name = answer == null ? null : HostName.of(answer.name());
      if (answer != null && name != null) {
        for (InetAddress address : answer.addresses()) {
          names.note(address, name);
        }
      }
    }
    client.receive(datagram);
  }

  @Override
  public boolean needsEach() {
    return true;
  }

  @Override
  public void receiveComplete() {
    client.receiveComplete();
  }
}
