package com.github.shiroedev2024.leaf.engine.spi;

import com.github.shiroedev2024.leaf.engine.net.Network;
import java.util.List;

/** An outbound that chooses among members. */
public interface Group extends Outbound {
  /** The members in the configured order. */
  List<Outbound> members();

  /**
   * The member in use now: the one selected, the one the last session went through, or the one the
   * next would try first.
   */
  Outbound current(Network network);

  @Override
  default boolean isGroup() {
    return true;
  }
}
