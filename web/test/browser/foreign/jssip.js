// JsSIP as anybody would use it.
import JsSIP from 'jssip';

const media = { mediaConstraints: { audio: true, video: false }, pcConfig: { iceServers: [] } };
let ua;
let domain;
let session;
const state = { registered: false, calls: '', talking: false, held: false };
const play = (peer) => peer.addEventListener('track', (e) => { document.querySelector('audio').srcObject = e.streams[0]; });

window.phone = {
  state,
  start(o) {
    domain = o.domain;
    ua = new JsSIP.UA({ sockets: [new JsSIP.WebSocketInterface(o.server)], uri: `sip:${o.user}@${o.domain}`, authorization_user: o.user, password: o.secret, register: true });
    ua.on('registered', () => { state.registered = true; });
    ua.on('newRTCSession', (e) => {
      session = e.session;
      Object.assign(state, { talking: false, held: false });
      if (e.originator === 'remote') state.calls = session.remote_identity.uri.user;
      if (session.connection) play(session.connection);
      session.on('peerconnection', (p) => play(p.peerconnection));
      session.on('confirmed', () => { state.talking = true; });
      for (const end of ['ended', 'failed']) session.on(end, () => { state.talking = false; });
    });
    ua.start();
  },
  call: (number) => { play(ua.call(`sip:${number}@${domain}`, media).connection); },
  answer: () => session.answer(media),
  hold: (on) => { if (on) session.hold({}, () => { state.held = true; }); else session.unhold({}, () => { state.held = false; }); }, // told when the other side has answered
  transfer: (number) => { session.refer(`sip:${number}@${domain}`); },
  hangup: () => session.terminate(),
};
