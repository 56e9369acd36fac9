"""nginx and Apache in front of our server, plain and with TLS on both sides, and Apache as the
forward proxy of our client."""
import asyncio
import base64
import hashlib
from pathlib import Path

from peers import expect, free_port, many, our_client, process, talk, wait_for

NGINX = """\
daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log; worker_processes 1;
events {{ worker_connections 128; }}
http {{
  access_log off; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  proxy_http_version 1.1;
  proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade;
  proxy_set_header X-Forwarded-For 192.0.2.44; proxy_set_header Host $host;
  proxy_ssl_trusted_certificate {certificate.file}; proxy_ssl_verify on;
  proxy_ssl_name localhost; proxy_ssl_server_name on;
  server {{
    listen 127.0.0.1:{plain};
    location / {{ proxy_pass http://127.0.0.1:{ours}; }}
  }}
  server {{
    listen 127.0.0.1:{secure} ssl;
    ssl_certificate {certificate.file}; ssl_certificate_key {certificate.key};
    location / {{ proxy_pass http://127.0.0.1:{ours}; }}
    location /tls/ {{ proxy_pass https://127.0.0.1:{ours}; }}
  }}
}}
"""
APACHE = """\
ServerRoot {folder}
PidFile {folder}/apache.pid
ServerName localhost
Listen 127.0.0.1:{plain}
Listen 127.0.0.1:{secure}
Listen 127.0.0.1:{forward}
ErrorLog {folder}/apache.log
{modules}
<VirtualHost 127.0.0.1:{plain}>
  ProxyPass "/" "http://127.0.0.1:{ours}/" upgrade=websocket
</VirtualHost>
<VirtualHost 127.0.0.1:{secure}>
  SSLEngine on
  SSLCertificateFile {certificate.file}
  SSLCertificateKeyFile {certificate.key}
  SSLProxyEngine on
  SSLProxyVerify require
  SSLProxyCACertificateFile {certificate.file}
  ProxyPass "/tls/" "https://localhost:{ours}/" upgrade=websocket
  ProxyPass "/" "http://127.0.0.1:{ours}/" upgrade=websocket
</VirtualHost>
<VirtualHost 127.0.0.1:{forward}>
  ProxyRequests On
  AllowCONNECT {ours}
  <Proxy "*">
    AuthType Basic
    AuthName "proxy"
    AuthBasicProvider file
    AuthUserFile {folder}/users
    Require valid-user
  </Proxy>
</VirtualHost>
"""
APACHE_MODULES = ("mpm_event authn_core authn_file authz_core authz_user auth_basic proxy "
                  "proxy_http proxy_wstunnel proxy_connect ssl socache_shmcb").split()


def in_front(peer, plain, secure, certificate, remote):
    """Clients of others and our own client, through a proxy in front of our server."""
    heard = asyncio.run(talk(f"ws://127.0.0.1:{plain}/chat"))
    expect(remote in (None, heard), f"the proxy says {remote}, we heard {heard}")
    asyncio.run(many(f"ws://127.0.0.1:{plain}/chat", 20))
    our_client(peer, f"ws://127.0.0.1:{plain}/")
    for path in ("chat", "tls/chat"):
        url = f"wss://localhost:{secure}/{path}"
        asyncio.run(talk(url, ssl=certificate.trust))
        asyncio.run(talk(url, ssl=certificate.trust, compression=None))
        our_client(peer, url, f"ca={certificate.file}")
    asyncio.run(many(f"wss://localhost:{secure}/chat", 20, ssl=certificate.trust))


def nginx(peer, ours, folder, certificate):
    plain, secure = free_port(), free_port()
    Path(folder, "nginx.conf").write_text(
        NGINX.format(folder=folder, plain=plain, secure=secure, ours=ours.port,
                     certificate=certificate), encoding="utf-8")
    with process(["nginx", "-p", folder, "-c", f"{folder}/nginx.conf", "-e",
                  f"{folder}/nginx.log"]):
        wait_for(plain)
        wait_for(secure)
        in_front(peer, plain, secure, certificate, "192.0.2.44")


def apache(peer, ours, folder, certificate):
    plain, secure, forward = free_port(), free_port(), free_port()
    modules = "\n".join(f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so"
                        for name in APACHE_MODULES)
    password = base64.b64encode(hashlib.sha1(b"secret").digest()).decode()
    Path(folder, "users").write_text(f"ada:{{SHA}}{password}\n", encoding="utf-8")
    Path(folder, "apache.conf").write_text(
        APACHE.format(folder=folder, plain=plain, secure=secure, forward=forward, modules=modules,
                      ours=ours.port, certificate=certificate), encoding="utf-8")
    with process(["apache2", "-X", "-f", f"{folder}/apache.conf"]):
        for port in (plain, secure, forward):
            wait_for(port)
        in_front(peer, plain, secure, certificate, None)
        for scheme in ("ws", "wss"):
            our_client(peer, f"{scheme}://localhost:{ours.port}/", f"ca={certificate.file}",
                       f"proxy=ada:secret@127.0.0.1:{forward}")
