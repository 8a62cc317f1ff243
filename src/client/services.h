/* This file reads what sits between programs and the network from Windows' hives: services and drivers, the
 * Winsock catalogue, the firewall's rules, and root certificates.
 */
#ifndef POSTMEND_CLIENT_SERVICES_H
#define POSTMEND_CLIENT_SERVICES_H

#include "client/account.h"
#include "hive/hive.h"

/* The hive SYSTEM: services, Winsock and the firewall of the control set that Windows starts with. */
void services_read_system(struct client_found *found, const struct hive *hive, const char *source);

/* The hive SOFTWARE, and a user's: policies of the firewall, and root certificates that were added. */
void services_read_software(struct client_found *found, const struct hive *hive, const char *source);
void services_read_user(struct client_found *found, const struct hive *hive, const char *source);

#endif
