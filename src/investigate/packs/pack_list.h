/* pack_list.h — every format of indicator packs, one line each. When two recognise a file equally surely, the
 * first wins. */
X(toban)
X(stix)
X(misp)
X(mstic)
X(openioc)
X(sigma)
X(chirp)
X(yara)
X(loki)
X(hashes)
X(csv)
