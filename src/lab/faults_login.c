/* This file lists the faults of logins, in the words that real servers use. */
#include "base/checked.h"
#include "lab/fault.h"

#define SMTP(text)                            \
	{                                     \
		SPEAKS_SMTP, "PASSWORD", text \
	}
#define IMAP(text)                            \
	{                                     \
		SPEAKS_IMAP, "PASSWORD", text \
	}
#define POP3(text)                            \
	{                                     \
		SPEAKS_POP3, "PASSWORD", text \
	}

#define FITS_MAILBOX (FITS_IMAP | FITS_POP3)
#define FITS_BOTH    (FITS_IMAP | FITS_SMTP)

#define REFUSED_139 "535 5.7.139 Authentication unsuccessful, "
#define SERVER_139  " [FR0P281CA0017.DEUP281.PROD.OUTLOOK.COM]"

static const struct fault rows[] = {
	{ .slug = "auth-password-wrong",
	  .form = FORM_IMAPS,
	  .fits = FITS_ALL,
	  .needs = NEEDS_LOGIN,
	  .summary = "the password is wrong",
	  .behaviour = { .answers = { IMAP("NO [AUTHENTICATIONFAILED] Authentication failed."),
				      POP3("-ERR [AUTH] Authentication failed."),
				      SMTP("535 5.7.8 Error: authentication failed: authentication "
					   "failure") } } },
	{ .slug = "auth-password-wrong",
	  .variant = "gmail",
	  .form = FORM_IMAPS,
	  .fits = FITS_BOTH,
	  .needs = NEEDS_LOGIN,
	  .summary = "the same in Gmail's words",
	  .behaviour = { .answers = { IMAP("NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)"),
				      SMTP("535-5.7.8 Username and Password not accepted. For more "
					   "information, "
					   "go to\r\n535 5.7.8  "
					   "https://support.google.com/mail/?p=BadCredentials "
					   "a1-20020a05600c000000b004 - gsmtp") } } },
	{ .slug = "auth-password-wrong",
	  .variant = "exchange",
	  .form = FORM_SMTP,
	  .fits = FITS_SMTP,
	  .needs = NEEDS_LOGIN,
	  .summary = "the same in Exchange's words",
	  .behaviour = { .answers = { SMTP("535 5.7.3 Authentication unsuccessful" SERVER_139) } } },
	{ .slug = "auth-login-refused",
	  .form = FORM_IMAPS,
	  .needs = NEEDS_LOGIN,
	  .summary = "the login is refused without a reason",
	  .behaviour = { .answers = { IMAP("NO LOGIN failed.") } } },
	{ .slug = "auth-app-password-needed",
	  .form = FORM_IMAPS,
	  .fits = FITS_BOTH,
	  .needs = NEEDS_LOGIN,
	  .summary = "Gmail wants an application password",
	  .behaviour = { .answers = { IMAP("NO [ALERT] Application-specific password required: "
					   "https://support.google.com/accounts/answer/185833 (Failure)"),
				      SMTP("534-5.7.9 Application-specific password required. For more "
					   "information, go to\r\n534 5.7.9  https://support.google.com/mail/"
					   "?p=InvalidSecondFactor a1-20020a05600c000000b004 - gsmtp") } } },
	{ .slug = "auth-app-password-needed",
	  .variant = "yahoo",
	  .form = FORM_SMTPS,
	  .fits = FITS_SMTP,
	  .needs = NEEDS_LOGIN,
	  .summary = "Yahoo wants an application password",
	  .behaviour = { .answers = { SMTP("535 5.7.0 (#AUTH005) Too many bad auth attempts.") } } },
	{ .slug = "auth-web-login-needed",
	  .form = FORM_IMAPS,
	  .fits = FITS_BOTH,
	  .needs = NEEDS_LOGIN,
	  .summary = "Gmail wants a sign-in by web browser",
	  .behaviour = { .answers = { IMAP("NO [WEBALERT https://accounts.google.com/signin/continue?sarp=1] "
					   "Web "
					   "login required."),
				      SMTP("534-5.7.14 <https://accounts.google.com/signin/continue?sarp=1> "
					   "Please\r\n534-5.7.14 log in via your web browser and then try "
					   "again."
					   "\r\n534 5.7.14 https://support.google.com/mail/answer/78754 - "
					   "gsmtp") } } },
	{ .slug = "auth-password-retired",
	  .form = FORM_IMAPS,
	  .fits = FITS_BOTH,
	  .needs = NEEDS_LOGIN,
	  .summary = "Outlook.com takes no passwords any more",
	  .behaviour = { .answers = { IMAP("NO [AUTHENTICATIONFAILED] "
					   "AuthFailed:LogonDenied-BasicAuthBlocked-"
					   "<UserType:OutlookCom> LogonFailed-BasicAuthBlocked"),
				      SMTP(REFUSED_139 "basic authentication is disabled." SERVER_139) } } },
	{ .slug = "auth-smtp-off-for-tenant",
	  .form = FORM_SMTP,
	  .fits = FITS_SMTP,
	  .needs = NEEDS_LOGIN,
	  .summary = "Microsoft 365: sending by SMTP is off for the tenant",
	  .behaviour = { .answers = { SMTP(REFUSED_139 "SmtpClientAuthentication is disabled for the Tenant. "
						       "Visit https://aka.ms/smtp_auth_disabled for more "
						       "information." SERVER_139) } } },
	{ .slug = "auth-smtp-off-for-tenant",
	  .variant = "mailbox",
	  .form = FORM_SMTP,
	  .fits = FITS_SMTP,
	  .needs = NEEDS_LOGIN,
	  .summary = "the same for the mailbox",
	  .behaviour = { .answers = { SMTP(REFUSED_139
					   "SmtpClientAuthentication is disabled for the Mailbox. "
					   "Visit https://aka.ms/smtp_auth_disabled for more "
					   "information." SERVER_139) } } },
	{ .slug = "auth-security-defaults",
	  .form = FORM_SMTP,
	  .fits = FITS_SMTP,
	  .needs = NEEDS_LOGIN,
	  .summary = "Microsoft 365: security defaults",
	  .behaviour = { .answers = { SMTP(REFUSED_139
					   "user is locked by your organization's security defaults "
					   "policy. Contact your administrator." SERVER_139) } } },
	{ .slug = "auth-security-defaults",
	  .variant = "criteria",
	  .form = FORM_SMTP,
	  .fits = FITS_SMTP,
	  .needs = NEEDS_LOGIN,
	  .summary = "Microsoft 365: conditional access",
	  .behaviour = { .answers = { SMTP(REFUSED_139 "the request did not meet the criteria to be "
						       "authenticated successfully. Contact your "
						       "administrator." SERVER_139) } } },
	{ .slug = "auth-basic-retired-exchange",
	  .form = FORM_SMTP,
	  .fits = FITS_SMTP,
	  .needs = NEEDS_LOGIN,
	  .summary = "Exchange Online takes no passwords for sending any more",
	  .behaviour = { .answers = { SMTP("550 5.7.30 Basic authentication is not supported for Client "
					   "Submission." SERVER_139) } } },
	{ .slug = "auth-user-name-form",
	  .form = FORM_IMAPS,
	  .fits = FITS_ALL,
	  .needs = NEEDS_LOGIN,
	  .summary = "only the part before the @ is the user name",
	  .user = "anna@practice.example",
	  .behaviour = { .local_user_only = true } },
	{ .slug = "auth-login-disabled",
	  .form = FORM_IMAP_PLAIN,
	  .fits = FITS_PLAIN,
	  .needs = NEEDS_LOGIN,
	  .summary = "no passwords without TLS",
	  .behaviour = { .plain_login = PLAIN_LOGIN_FORBIDDEN } },
	{ .slug = "auth-no-common-mechanism",
	  .form = FORM_IMAPS,
	  .fits = FITS_ALL,
	  .needs = NEEDS_LOGIN,
	  .summary = "NTLM alone",
	  .behaviour = { .mechanisms = "NTLM" } },
	{ .slug = "auth-no-common-mechanism",
	  .variant = "oauth",
	  .form = FORM_IMAPS,
	  .fits = FITS_ALL,
	  .needs = NEEDS_LOGIN,
	  .summary = "XOAUTH2 alone",
	  .behaviour = { .mechanisms = "XOAUTH2" } },
	{ .slug = "auth-token-refused",
	  .form = FORM_IMAPS,
	  .fits = FITS_BOTH,
	  .needs = NEEDS_TOKEN,
	  .summary = "the sign-in token is no longer good",
	  .behaviour = { .token_refused = true,
			 .answers = { IMAP("NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)"),
				      SMTP("535 5.7.8 Username and Password not accepted.") } } },
	{ .slug = "auth-token-refused",
	  .variant = "not-connected",
	  .form = FORM_IMAPS,
	  .fits = FITS(FORM_IMAP),
	  .needs = NEEDS_TOKEN,
	  .summary = "Exchange: authenticated but not connected",
	  .behaviour = { .answers = { { SPEAKS_IMAP, "SELECT",
					"BAD User is authenticated but not connected." },
				      { SPEAKS_IMAP, "EXAMINE",
					"BAD User is authenticated but not connected." } } } },
	{ .slug = "auth-account-locked",
	  .form = FORM_IMAPS,
	  .fits = FITS_BOTH,
	  .needs = NEEDS_LOGIN,
	  .summary = "too many failed logins",
	  .behaviour = { .answers = { IMAP("NO [LIMIT] Too many failed login attempts, account is locked for "
					   "30 "
					   "minutes"),
				      SMTP("454 4.7.0 Too many login attempts, please try again "
					   "later.") } } },
	{ .slug = "auth-backend-down",
	  .form = FORM_IMAPS,
	  .fits = FITS_ALL,
	  .needs = NEEDS_LOGIN,
	  .summary = "the server cannot check passwords now",
	  .behaviour = { .answers = { IMAP("NO [UNAVAILABLE] Temporary authentication failure."),
				      POP3("-ERR [SYS/TEMP] Temporary authentication failure."),
				      SMTP("454 4.7.0 Temporary authentication failure: Connection lost to "
					   "authentication server") } } },
	{ .slug = "auth-account-suspended",
	  .form = FORM_IMAPS,
	  .fits = FITS_ALL,
	  .needs = NEEDS_LOGIN,
	  .summary = "the account is suspended",
	  .behaviour = { .answers = { IMAP("NO [CONTACTADMIN] Account is suspended"),
				      POP3("-ERR [SYS/PERM] Account is suspended"),
				      SMTP("525 5.7.13 User account disabled") } } },
	{ .slug = "auth-account-suspended",
	  .variant = "expired",
	  .form = FORM_IMAPS,
	  .fits = FITS_IMAP,
	  .needs = NEEDS_LOGIN,
	  .summary = "the account has expired",
	  .behaviour = { .answers = { IMAP("NO [EXPIRED] Account has expired") } } },
	{ .slug = "auth-access-off",
	  .form = FORM_IMAPS,
	  .fits = FITS_IMAP,
	  .needs = NEEDS_LOGIN,
	  .summary = "IMAP is switched off for the account",
	  .behaviour = { .answers = { IMAP(
				 "NO [ALERT] Your account is not enabled for IMAP use. Please visit "
				 "your Gmail settings page and enable your account for IMAP access. "
				 "(Failure)") } } },
};

const struct fault_part faults_login = { rows, COUNT_OF(rows) };
