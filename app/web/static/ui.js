/* What does the browser add? */
