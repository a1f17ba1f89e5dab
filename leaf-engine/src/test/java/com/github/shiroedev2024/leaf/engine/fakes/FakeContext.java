package com.github.shiroedev2024.leaf.engine.fakes;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.spi.Dialer;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import com.github.shiroedev2024.leaf.engine.spi.OutboundContext;
import com.github.shiroedev2024.leaf.engine.spi.OutboundSpec;
import com.github.shiroedev2024.leaf.engine.spi.OutboundType;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Prober;
import com.github.shiroedev2024.leaf.engine.spi.Problems;
import com.github.shiroedev2024.leaf.engine.spi.Resolver;
import com.github.shiroedev2024.leaf.engine.spi.Selections;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import com.github.shiroedev2024.leaf.engine.spi.Source;
import com.github.shiroedev2024.leaf.engine.telemetry.Ledger;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.ILoggerFactory;
import org.slf4j.helpers.NOPLogger;

/** Builds groups over fake members, on one manual loop. */
public final class FakeContext implements OutboundContext {
  public final ManualLoop manual;
  public final FakeProber prober;
  public final FakeSelections selections = new FakeSelections();
  public final Ledger ledger = new Ledger();
  private final Map<String, Outbound> outbounds = new LinkedHashMap<>();

  public FakeContext(ManualLoop manual) {
    this.manual = manual;
    this.prober = new FakeProber(manual.loop);
  }

  public FakeContext with(Outbound... members) {
    for (Outbound member : members) {
      outbounds.put(member.tag(), member);
    }
    return this;
  }

  /** Settings as a {@code .conf} file gives them: {@code "a, b"} and {@code key=value} texts. */
  public static Settings conf(Problems problems, List<String> actors, String... keyValues) {
    Map<String, Settings.Value> values = new LinkedHashMap<>();
    List<Settings.Value> tags = new ArrayList<>();
    for (String actor : actors) {
      tags.add(new Settings.Value(actor, Source.NONE));
    }
    values.put("actors", new Settings.Value(tags, Source.NONE));
    for (String keyValue : keyValues) {
      int equals = keyValue.indexOf('=');
      values.put(
          keyValue.substring(0, equals),
          new Settings.Value(keyValue.substring(equals + 1), Source.NONE));
    }
    return new Settings("outbound 'G'", Source.NONE, values, true, problems);
  }

  /** Reads the settings, which must be right, and builds the group {@code G}. */
  public <T extends Outbound> T build(
      Class<T> kind, OutboundType type, List<String> actors, String... keyValues) {
    return build("G", kind, type, actors, keyValues);
  }

  public <T extends Outbound> T build(
      String tag, Class<T> kind, OutboundType type, List<String> actors, String... keyValues) {
    Problems problems = new Problems();
    PartOptions options = type.read(conf(problems, actors, keyValues));
    if (!problems.all().isEmpty()) {
      throw new AssertionError(problems.all().toString());
    }
    Outbound built =
        type.build(
            new OutboundSpec(tag, type, type.name(), options, List.of(), Source.NONE, false), this);
    outbounds.put(tag, built);
    return kind.cast(built);
  }

  @Override
  public Outbound outbound(String tag) {
    Outbound known = outbounds.get(tag);
    if (known == null) {
      throw new AssertionError("no outbound '" + tag + "'");
    }
    return known;
  }

  @Override
  public Dialer system() {
    return NO_DIALER;
  }

  /** For members that dial nothing. */
  public static final Dialer NO_DIALER =
      new Dialer() {
        @Override
        public Future<Channel> dial(Session session, Destination destination) {
          throw new AssertionError("nothing should be dialled");
        }

        @Override
        public Future<Channel> associate(Session session, Destination first) {
          throw new AssertionError("nothing should be dialled");
        }
      };

  @Override
  public Resolver resolver() {
    throw new AssertionError("groups resolve no names");
  }

  @Override
  public EngineOptions options() {
    return EngineOptions.defaults();
  }

  @Override
  public Ledger ledger() {
    return ledger;
  }

  @Override
  public Prober prober() {
    return prober;
  }

  @Override
  public Selections selections() {
    return selections;
  }

  @Override
  public EventLoopGroup loops() {
    return manual.loop;
  }

  @Override
  public ILoggerFactory logs() {
    return name -> NOPLogger.NOP_LOGGER;
  }
}
