// JsSIP as anybody would use it.
import JsSIP from 'jssip';

const media = { mediaConstraints: { audio: true, video: false }, pcConfig: { iceServers: [] } };
let ua;
let domain;
let session; // the newest
let first; // the one that waits while another is asked
const state = { registered: false, calls: '', talking: false, held: false };
const play = (peer) => peer.addEventListener('track', (e) => { document.querySelector('audio').srcObject = e.streams[0]; });

window.phone = {
  state,
  start(o) {
    domain = o.domain;
    ua = new JsSIP.UA({ sockets: [new JsSIP.WebSocketInterface(o.server)], uri: `sip:${o.user}@${o.domain}`, authorization_user: o.user, password: o.secret, register: true });
    ua.on('registered', () => { state.registered = true; });
    ua.on('newRTCSession', ({ session: s, originator }) => {
      session = s;
      Object.assign(state, { talking: false, held: false });
      if (originator === 'remote') state.calls = s.remote_identity.uri.user;
      if (s.connection) play(s.connection);
      s.on('peerconnection', (p) => play(p.peerconnection));
      s.on('confirmed', () => { state.talking = true; });
      for (const end of ['ended', 'failed']) s.on(end, () => { if (s === session) Object.assign(state, { talking: false, calls: '' }); });
    });
    ua.start();
  },
  call: (number) => { play(ua.call(`sip:${number}@${domain}`, media).connection); },
  answer: () => session.answer(media),
  hold: (on) => { if (on) session.hold({}, () => { state.held = true; }); else session.unhold({}, () => { state.held = false; }); }, // told when the other side has answered
  keys: (keys) => session.sendDTMF(keys, { duration: 200, interToneGap: 200 }), // by INFO
  transfer: (number) => { session.refer(`sip:${number}@${domain}`); },
  ask: (number) => { first = session; first.hold({}, () => window.phone.call(number)); },
  connect: () => { first.refer(session.remote_identity.uri, { replaces: session }); },
  hangup: () => session.terminate(),
};
