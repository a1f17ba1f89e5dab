/** Parts of the Android platform as far as the tests need them. */
@NullMarked
package android.util;

import org.jspecify.annotations.NullMarked;
