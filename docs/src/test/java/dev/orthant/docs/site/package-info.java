/** The documentation as a site: pages of Markdown become HTML with a navigation. */
@NullMarked
package dev.orthant.docs.site;

import org.jspecify.annotations.NullMarked;
