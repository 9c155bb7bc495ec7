// SIP.js as anybody would use it.
import { Inviter, Registerer, RegistererState, SessionState, UserAgent } from 'sip.js';

const sound = { sessionDescriptionHandlerOptions: { constraints: { audio: true, video: false } } };
let ua;
let domain;
let session;
const state = { registered: false, calls: '', talking: false, held: false };
const to = (number) => UserAgent.makeURI(`sip:${number}@${domain}`);
function follow(s) {
  session = s;
  Object.assign(state, { talking: false, held: false });
  s.stateChange.addListener((now) => {
    state.talking = now === SessionState.Established;
    if (state.talking) document.querySelector('audio').srcObject = s.sessionDescriptionHandler.remoteMediaStream;
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
  hold: (on) => session.invite({ sessionDescriptionHandlerOptions: { ...sound.sessionDescriptionHandlerOptions, hold: on }, requestDelegate: { onAccept: () => { state.held = on; document.querySelector('audio').srcObject = session.sessionDescriptionHandler.remoteMediaStream; } } }),
  transfer: (number) => session.refer(to(number)),
  hangup: () => session.bye(),
};
