/**
 * VMess with AEAD headers (alterId 0), both halves. See {@code docs/protocols/vmess.md} for the
 * layout and its sources; {@link com.github.shiroedev2024.leaf.engine.protocol.vmess.VmessHeader},
 * {@link com.github.shiroedev2024.leaf.engine.protocol.vmess.VmessRequest} and {@link
 * com.github.shiroedev2024.leaf.engine.protocol.vmess.VmessChunks} draw it.
 */
@NullMarked
package com.github.shiroedev2024.leaf.engine.protocol.vmess;

import org.jspecify.annotations.NullMarked;
