/** What every Java client must do, run by each client's own tests. */
@NullMarked
package com.github.shiroedev2024.leaf.sdk.contract;

import org.jspecify.annotations.NullMarked;
