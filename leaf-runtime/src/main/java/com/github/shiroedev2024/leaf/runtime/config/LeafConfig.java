package com.github.shiroedev2024.leaf.runtime.config;

import com.github.shiroedev2024.leaf.engine.spi.EngineSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A whole checked configuration.
 *
 * @param engine what the engine is built from
 * @param groups the configured groups in the order of the outbounds
 * @param autoReload whether the file is watched; null when the configuration does not say
 * @param cacheLocation the folder for caches; null when the configuration does not say
 */
public record LeafConfig(
    EngineSpec engine,
    LogSettings log,
    ApiSettings api,
    List<ConfiguredGroup> groups,
    @Nullable Boolean autoReload,
    @Nullable String cacheLocation) {

  /**
   * A configured group.
   *
   * @param word its type as the file calls it
   */
  public record ConfiguredGroup(String tag, String word) {}
}
