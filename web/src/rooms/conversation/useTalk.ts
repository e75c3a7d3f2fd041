// Follows a conversation: the state as the server tells it, then every frame, whatever happens to the line.
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api, ask } from "../../api/client.ts";
import { connection } from "../../api/connection.ts";
import { Problem } from "../../api/problem.ts";
import { signOut } from "../../api/session.ts";
import { keys } from "../../log/keys.ts";
import { NOTHING_TOLD, told, type Frame, type Talk } from "./frames.ts";

const SIGNED_OUT = 4401;
const DELETED = 1000;
const FIRST_WAIT = 300;
const LONGEST_WAIT = 8_000;

export function useTalk(conversationId: string): Talk {
  const [talk, setTalk] = useState(NOTHING_TOLD);
  const client = useQueryClient();
  useEffect(() => {
    setTalk(NOTHING_TOLD);
    return followed(conversationId, (frames) => setTalk((before) => frames.reduce(told, before)));
  }, [conversationId]);
  useEffect(() => {
    if (talk.stale === 0) return;
    void client.invalidateQueries({ queryKey: keys.conversation(conversationId) });
    void client.invalidateQueries({ queryKey: keys.conversations });
  }, [client, conversationId, talk.stale]);
  return talk;
}

/** Hand on frames, at most once for each picture that the screen shows, until the returned function is called. */
function followed(id: string, onFrames: (frames: Frame[]) => void): () => void {
  let [stopped, wait, seq] = [false, FIRST_WAIT, 0];
  let socket: WebSocket | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let held: Frame[] = [];
  const flush = () => {
    const frames = held;
    held = [];
    if (frames.length > 0 && !stopped) onFrames(frames);
  };
  const again = () => {
    if (stopped) return;
    timer = setTimeout(() => void open(), wait);
    wait = Math.min(wait * 2, LONGEST_WAIT);
  };
  const open = async () => {
    let ticket: string;
    try {
      ({ ticket } = await ask(api.POST("/v1/conversations/{conversation_id}/stream-ticket", { params: { path: { conversation_id: id } }, body: {} })));
    } catch (error) {
      if (Problem.of(error).status !== 404) again();
      return;
    }
    if (stopped) return;
    const url = new URL(`/v1/conversations/${id}/stream`, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    url.searchParams.set("ticket", ticket);
    if (seq > 0) url.searchParams.set("after", String(seq));
    socket = new WebSocket(url);
    socket.onmessage = (message: MessageEvent<string>) => {
      const frame = JSON.parse(message.data) as Frame;
      connection.reached();
      wait = FIRST_WAIT;
      seq = Math.max(seq, frame.seq ?? 0);
      if (held.push(frame) === 1) {
        if (document.hidden) setTimeout(flush, 100);
        else requestAnimationFrame(flush);
      }
    };
    socket.onclose = ({ code }) => {
      if (code === SIGNED_OUT) signOut();
      else if (code !== DELETED) again();
    };
  };
  void open();
  return () => {
    stopped = true;
    clearTimeout(timer);
    socket?.close();
  };
}
