/** An Orthant plug-in. */
package org.example.orthant;
