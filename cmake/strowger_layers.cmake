# Who may use whom (ARCHITECTURE.md, "Layers"). The order is the order of building.
set(STROWGER_LIBRARIES
  core base rt rt/log crypto io timing storage rtp media hdlc tdm tdm_transports
  ss7/mtp2 ss7/mtp3 ss7/isup ss7_trunk iax2 sip http websocket webrtc websocket_server
  guard database exchange control)

set(STROWGER_MAY_USE_core)
set(STROWGER_MAY_USE_base core)
set(STROWGER_MAY_USE_rt core)
set(STROWGER_MAY_USE_rt/log base rt)
set(STROWGER_MAY_USE_crypto base)
set(STROWGER_MAY_USE_io base rt crypto)
set(STROWGER_MAY_USE_timing base rt rt/log)
set(STROWGER_MAY_USE_storage base rt)
set(STROWGER_MAY_USE_rtp base crypto)
set(STROWGER_MAY_USE_media base rt rt/log rtp timing io)
set(STROWGER_MAY_USE_hdlc core)
set(STROWGER_MAY_USE_tdm base rt rt/log media hdlc)
set(STROWGER_MAY_USE_tdm_transports tdm io rtp timing)
set(STROWGER_MAY_USE_ss7/mtp2 core)
set(STROWGER_MAY_USE_ss7/mtp3 core base)
set(STROWGER_MAY_USE_ss7/isup core base)
set(STROWGER_MAY_USE_ss7_trunk base tdm hdlc ss7/mtp2 ss7/mtp3 ss7/isup rt rt/log timing)
set(STROWGER_MAY_USE_iax2 base crypto)
set(STROWGER_MAY_USE_sip base crypto)
set(STROWGER_MAY_USE_http base crypto)
set(STROWGER_MAY_USE_websocket base crypto http)
set(STROWGER_MAY_USE_webrtc base crypto rtp)
set(STROWGER_MAY_USE_websocket_server websocket http io)
set(STROWGER_MAY_USE_guard base io sip)
set(STROWGER_MAY_USE_database base io)
set(STROWGER_MAY_USE_exchange
  base rt rt/log crypto io timing storage rtp media tdm tdm_transports ss7_trunk iax2 sip http
  websocket webrtc websocket_server guard database)
set(STROWGER_MAY_USE_control exchange)
