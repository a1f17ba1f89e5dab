package com.github.shiroedev2024.leaf.android.library.delegate;

import com.github.shiroedev2024.leaf.android.library.LeafException;
import org.jspecify.annotations.Nullable;

/** Is told on the main thread how an update of the rule data went. */
public interface AssetsCallback {
  /** The rule data is up to date. */
  void onUpdateSuccess();

  /** The rule data stays as it was; the exception's message says why, if that is known. */
  void onUpdateFailed(@Nullable LeafException exception);
}
