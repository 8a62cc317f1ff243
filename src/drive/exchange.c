/* This file asks servers of Exchange for their services, without a login. */
#include "drive/exchange.h"

#include "drive/fetch.h"
#include "drive/run.h"

static const char *const paths[EXCHANGE_SERVICES] = {
	[EXCHANGE_MAPI] = "/mapi/emsmdb/",
	[EXCHANGE_EWS] = "/EWS/Exchange.asmx",
};

struct asking {
	struct drive *drive;
	struct fetch fetches[EXCHANGE_HOSTS_MAX * EXCHANGE_SERVICES];
	size_t n, n_left;
	bool waits;
};

static void on_done(void *context)
{
	struct asking *asking = context;

	asking->n_left--;
	if (asking->n_left == 0 && asking->waits)
		loop_stop(asking->drive->loop);
}

static void begin(struct asking *asking, const char *host, const char *path,
		  const struct fetch_facts **answer_out)
{
	struct fetch *fetch = &asking->fetches[asking->n++];

	fetch->drive = asking->drive;
	fetch->text = arena_printf(asking->drive->arena, "https://%s%s", host, path);
	fetch->on_done = on_done;
	fetch->context = asking;
	asking->n_left++;
	if (!fetch->text || !fetch_begin(fetch)) {
		asking->n_left--;
		fetch_end(fetch);
	}
	*answer_out = fetch->facts;
}

enum status drive_exchange(struct drive *drive, struct exchange_facts *hosts, size_t n)
{
	struct asking *asking = arena_alloc(drive->arena, sizeof *asking);

	if (!asking)
		return ST_NOMEM;
	*asking = (struct asking){ .drive = drive };
	for (size_t i = 0; i < n && i < EXCHANGE_HOSTS_MAX; i++)
		for (size_t k = 0; k < EXCHANGE_SERVICES; k++)
			begin(asking, hosts[i].host, paths[k], &hosts[i].answers[k]);
	asking->waits = true;
	if (asking->n_left > 0)
		run_wait(drive, run_until(drive, MOMENT_MS(FETCH_PATIENCE_MS)));
	drive->stopping = true;
	for (size_t i = 0; i < asking->n; i++)
		fetch_end(&asking->fetches[i]);
	drive->stopping = false;
	if (drive->cancelled)
		return ST_CANCEL;
	return arena_failed(drive->arena) ? ST_NOMEM : ST_OK;
}
