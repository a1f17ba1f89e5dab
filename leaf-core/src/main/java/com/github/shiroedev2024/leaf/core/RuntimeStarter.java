package com.github.shiroedev2024.leaf.core;

import com.github.shiroedev2024.leaf.core.cli.StartOptions;
import com.github.shiroedev2024.leaf.core.process.LeafStarter;
import com.github.shiroedev2024.leaf.core.process.RunningLeaf;
import com.github.shiroedev2024.leaf.core.process.StartException;
import com.github.shiroedev2024.leaf.runtime.LeafRuntime;
import com.github.shiroedev2024.leaf.runtime.RuntimeSettings;
import com.github.shiroedev2024.leaf.runtime.RuntimeStartException;
import com.github.shiroedev2024.leaf.runtime.config.ConfigReader;
import com.github.shiroedev2024.leaf.runtime.config.ConfigResult;
import com.github.shiroedev2024.leaf.runtime.control.Replies.ConfigProblem;
import com.github.shiroedev2024.leaf.runtime.control.RuntimeControl;
import com.github.shiroedev2024.leaf.runtime.prefs.LeafPreferences;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Starts runtimes with their API, as the command line has asked for. */
final class RuntimeStarter implements LeafStarter {
  private final StartOptions options;

  RuntimeStarter(StartOptions options) {
    this.options = options;
  }

  @Override
  public RunningLeaf start(Supplier<LeafPreferences> preferences) throws StartException {
    ApiFace api = new ApiFace();
    try {
      LeafRuntime runtime =
          LeafRuntime.start(
              new RuntimeSettings(
                  LeafRuntimes.source(options),
                  options.environment(),
                  options.home().selections(),
                  preferences,
                  options.apiPort(),
                  options.socksPort(),
                  options.memoryLogger(),
                  options.singleThread() ? 1 : 0,
                  true,
                  null,
                  api));
      return new Running(runtime, api);
    } catch (RuntimeStartException e) {
      throw new StartException(String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public List<ConfigProblem> test() {
    Path file = options.configuration();
    ConfigResult result =
        file == null
            ? ConfigReader.readEmbedded(options.environment())
            : ConfigReader.read(file, options.environment());
    return LeafRuntimes.problems(result);
  }

  @Override
  public List<ConfigProblem> test(String text) {
    return LeafRuntimes.problems(ConfigReader.read(text, "<text>", options.environment()));
  }

  @Override
  public String configuration() {
    Path file = options.configuration();
    return file == null ? ConfigReader.EMBEDDED : file.toString();
  }

  private record Running(LeafRuntime runtime, ApiFace api) implements RunningLeaf {
    @Override
    public RuntimeControl control() {
      return runtime.control();
    }

    @Override
    public List<Listener> listeners() {
      List<Listener> all = new ArrayList<>();
      for (LeafRuntime.Listening inbound : runtime.listeners()) {
        all.add(new Listener(inbound.tag(), inbound.type(), text(inbound.address())));
      }
      InetSocketAddress at = api.listening();
      if (at != null) {
        all.add(new Listener("api", "api", text(at)));
      }
      return all;
    }

    private static String text(InetSocketAddress address) {
      return NetUtil.toSocketAddressString(address);
    }

    @Override
    public int apiPort() {
      InetSocketAddress at = api.listening();
      return at == null ? 0 : at.getPort();
    }

    @Override
    public boolean autoReload() {
      return runtime.autoReload();
    }

    @Override
    public CompletableFuture<Void> stopping() {
      return runtime.stopping();
    }

    @Override
    public CompletableFuture<Void> stopped() {
      return runtime.stopped();
    }

    @Override
    public void stop() {
      runtime.close();
    }
  }
}
