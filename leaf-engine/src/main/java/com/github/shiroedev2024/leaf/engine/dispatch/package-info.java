/** Routes sessions, connects them and hands them to the relay. */
@NullMarked
package com.github.shiroedev2024.leaf.engine.dispatch;

import org.jspecify.annotations.NullMarked;
