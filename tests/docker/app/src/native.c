const char *place(void) { return __FILE__ " " __DATE__; }
