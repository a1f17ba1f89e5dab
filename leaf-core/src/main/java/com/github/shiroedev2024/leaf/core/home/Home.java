package com.github.shiroedev2024.leaf.core.home;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where one core keeps its things. Cores with different homes do not know of each other.
 *
 * @param config the configuration file and the preferences
 * @param state selections, the core's lock, its log and the control socket
 * @param cache what can be fetched or computed again
 * @param chosen the folder that {@code --home} or {@code LEAF_HOME} named, null for the XDG folders
 */
public record Home(Path config, Path state, Path cache, @Nullable Path chosen) {
  public static final String ENVIRONMENT = "LEAF_HOME";
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");

  /**
   * The home of a command.
   *
   * @param flag what {@code --home} says, or null
   * @param environment the process environment
   */
  public static Home of(@Nullable Path flag, Map<String, String> environment) {
    String named = environment.getOrDefault(ENVIRONMENT, "");
    if (flag != null || !named.isEmpty()) {
      Path folder = (flag != null ? flag : Path.of(named)).toAbsolutePath().normalize();
      return new Home(folder, folder, folder.resolve("cache"), folder);
    }
    String user = environment.getOrDefault("HOME", "");
    Path base = Path.of(user.isEmpty() ? System.getProperty("user.home") : user).toAbsolutePath();
    return new Home(
        xdg(environment, "XDG_CONFIG_HOME", base.resolve(".config")),
        xdg(environment, "XDG_STATE_HOME", base.resolve(".local/state")),
        xdg(environment, "XDG_CACHE_HOME", base.resolve(".cache")),
        null);
  }

  /** The XDG rule: a relative path counts as unset. */
  private static Path xdg(Map<String, String> environment, String name, Path fallback) {
    String value = environment.getOrDefault(name, "");
    Path folder = value.isEmpty() || !Path.of(value).isAbsolute() ? fallback : Path.of(value);
    return folder.resolve("leaf");
  }

  /**
   * The folder of the selections: where the open engine keeps them too, unless a home was named.
   */
  public Path selections() {
    return chosen == null ? cache : chosen;
  }

  public Path preferences() {
    return config.resolve("preferences.json");
  }

  /** The configuration that is used when none is named: {@code config.conf} or {@code .json}. */
  public @Nullable Path defaultConfiguration() {
    for (String name : new String[] {"config.conf", "config.json"}) {
      Path file = config.resolve(name);
      if (Files.isRegularFile(file)) {
        return file;
      }
    }
    return null;
  }

  public Path lock() {
    return run().resolve("core.lock");
  }

  public Path log() {
    return state.resolve("core.log");
  }

  /** The folder of the lock and the control socket; only its owner may look into it. */
  public Path run() {
    return state.resolve("run");
  }

  /** Makes the folders that are missing, the run folder for the owner's eyes only. */
  public void create() throws IOException {
    Files.createDirectories(config);
    Files.createDirectories(state);
    ownerOnly(run());
  }

  /** Makes a folder that only its owner may enter, or makes an existing one so. */
  static void ownerOnly(Path folder) throws IOException {
    if (!Files.getFileStore(parentOf(folder)).supportsFileAttributeView("posix")) {
      Files.createDirectories(folder);
      return;
    }
    if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      Files.setPosixFilePermissions(folder, OWNER_ONLY);
    } else {
      Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    }
  }

  private static Path parentOf(Path folder) throws IOException {
    Path parent = folder.getParent();
    if (parent == null) {
      throw new IOException(folder + " has no parent folder");
    }
    return parent;
  }

  /** How commands name this home: the flag that leads here, or nothing for the default one. */
  public String flag() {
    return chosen == null ? "" : " --home " + quoted(chosen.toString());
  }

  private static String quoted(String text) {
    return text.matches("[\\w@%+=:,./-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
  }
}
