package com.github.shiroedev2024.leaf.sdk.model;

import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.Map;

/**
 * Where one core keeps its things, by the rules of the core itself: one folder when {@code
 * LEAF_HOME} names it, else the user's XDG folders.
 */
public final class LeafHome {
  private final Path config;
  private final Path state;

  private LeafHome(Path config, Path state) {
    this.config = config;
    this.state = state;
  }

  /** The home of this process's environment. */
  public static LeafHome current() {
    return of(System.getenv());
  }

  /** The home of an environment. */
  public static LeafHome of(Map<String, String> environment) {
    String named = value(environment, "LEAF_HOME");
    if (!named.isEmpty()) {
      return at(Paths.get(named));
    }
    String home = value(environment, "HOME");
    Path user = Paths.get(home.isEmpty() ? System.getProperty("user.home", "") : home);
    Path base = user.toAbsolutePath();
    return new LeafHome(
        xdg(environment, "XDG_CONFIG_HOME", base.resolve(".config")),
        xdg(environment, "XDG_STATE_HOME", base.resolve(".local/state")));
  }

  /** The home in one folder, as {@code --home} names it. */
  public static LeafHome at(Path folder) {
    Path absolute = folder.toAbsolutePath().normalize();
    return new LeafHome(absolute, absolute);
  }

  /** By the rules of XDG a relative path counts as unset. */
  private static Path xdg(Map<String, String> environment, String name, Path fallback) {
    String value = value(environment, name);
    Path folder = value.isEmpty() || !Paths.get(value).isAbsolute() ? fallback : Paths.get(value);
    return folder.resolve("leaf");
  }

  private static String value(Map<String, String> environment, String name) {
    String value = environment.get(name);
    return value == null ? "" : value;
  }

  /** The configuration and the preferences. */
  public Path config() {
    return config;
  }

  /** Selections, locks and the control socket. */
  public Path state() {
    return state;
  }

  /** The preferences file, whether or not it exists. */
  public Path preferences() {
    return config.resolve("preferences.json");
  }
}
