// SIP.js as anybody would use it.
import { Inviter, Registerer, RegistererState, SessionState, UserAgent } from 'sip.js';

const sound = { sessionDescriptionHandlerOptions: { constraints: { audio: true, video: false } } };
let ua;
let domain;
let session; // the newest
let first; // the one that waits while another is asked
const state = { registered: false, calls: '', talking: false, held: false };
const to = (number) => UserAgent.makeURI(`sip:${number}@${domain}`);
const play = () => { document.querySelector('audio').srcObject = session.sessionDescriptionHandler.remoteMediaStream; };
const hold = (s, on, done) => s.invite({ sessionDescriptionHandlerOptions: { ...sound.sessionDescriptionHandlerOptions, hold: on }, requestDelegate: { onAccept: done } });
function follow(s) {
  session = s;
  Object.assign(state, { talking: false, held: false });
  s.stateChange.addListener((now) => {
    if (s !== session) return;
    state.talking = now === SessionState.Established;
    if (state.talking) play();
    if (now === SessionState.Terminated) state.calls = '';
  });
}

window.phone = {
  state,
  async start(o) {
    domain = o.domain;
    ua = new UserAgent({
      uri: UserAgent.makeURI(`sip:${o.user}@${o.domain}`), authorizationUsername: o.user, authorizationPassword: o.secret, transportOptions: { server: o.server }, logBuiltinEnabled: false,
      sessionDescriptionHandlerFactoryOptions: { peerConnectionConfiguration: { iceServers: [] }, iceGatheringTimeout: 500 },
      delegate: { onInvite(i) { follow(i); state.calls = i.remoteIdentity.uri.user; } },
    });
    await ua.start();
    const registerer = new Registerer(ua);
    registerer.stateChange.addListener((now) => { state.registered = now === RegistererState.Registered; });
    await registerer.register();
  },
  call: (number) => { follow(new Inviter(ua, to(number), sound)); return session.invite(); },
  answer: () => session.accept(sound),
  hold: (on) => hold(session, on, () => { state.held = on; play(); }),
  keys: (keys) => session.sessionDescriptionHandler.sendDtmf(keys, { duration: 200, interToneGap: 200 }), // by RFC 4733
  transfer: (number) => session.refer(to(number)),
  ask: (number) => { first = session; return hold(first, true, () => window.phone.call(number)); },
  connect: () => first.refer(session),
  hangup: () => session.bye(),
};
