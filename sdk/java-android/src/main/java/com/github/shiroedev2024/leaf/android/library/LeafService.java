package com.github.shiroedev2024.leaf.android.library;

import com.github.shiroedev2024.leaf.android.library.delegate.LeafListener;
import com.github.shiroedev2024.leaf.android.library.model.LeafPreferences;
import com.github.shiroedev2024.leaf.android.library.model.UpdateLeafPreferences;
import org.jspecify.annotations.Nullable;

/**
 * The service that runs Leaf, as the host app supplies it: the binder that its {@code Service}
 * answers from {@code onBind} implements this, or is adapted to it, see {@link
 * ServiceManagement#setService}.
 *
 * <p>Calls come from any thread and must not block for long: what takes time goes on by itself and
 * is told to the listener, which may be called from any thread.
 */
public interface LeafService {
  /** From now on this listener is told what happens; null for none. There is one at a time. */
  void setLeafListener(@Nullable LeafListener listener);

  /** Begins to start the runtime. */
  void startLeaf();

  /** Begins to stop the runtime. */
  void stopLeaf();

  /** Begins to reload the configuration. */
  void reloadLeaf();

  /** Stops the runtime and ends the core. */
  void stopCore();

  /** Whether the runtime has started and not stopped since. */
  boolean isLeafRunning();

  /** The core's version, such as {@code 0.1.0}. */
  String getVersion();

  /** The preferences, with the port of the API that is in force. */
  LeafPreferences getPreferences();

  /**
   * Saves changed preferences; they take effect with the next start or reload.
   *
   * @throws LeafException they cannot be saved
   */
  void setPreferences(UpdateLeafPreferences changes) throws LeafException;

  /**
   * Puts a configuration in place, which the next start or reload uses; called off the main thread
   * and may block.
   *
   * @param config the whole text, {@code .conf} or JSON
   * @throws LeafException it is wrong or cannot be saved; the old one stays
   */
  void setConfiguration(String config) throws LeafException;
}
