/* trace_list.h — every kind of trace, one line each. When two recognise a file equally surely, the first wins. */
X(evtx)
