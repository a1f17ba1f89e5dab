/** Certificates and keys: reading, trusting, making; for every transport that uses TLS. */
@NullMarked
package com.github.shiroedev2024.leaf.engine.certificate;

import org.jspecify.annotations.NullMarked;
