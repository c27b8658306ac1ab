// Every sentence of the page, in the language of the person it is viewed as.
const words = {
  zh: {
    bot: "机器人", members: n => `${n} 位成员`, message: "输入消息", start: "开始", edited: "已编辑",
    typing: "正在输入", upload_photo: "正在发送图片", upload_document: "正在发送文件", busy: "正在处理",
    photo: "图片", empty: "还没有消息", connecting: "正在重新连接…", ok: "好", cancel: "取消", send: "发送",
    open: url => `打开这个链接？\n${url}`, copied: "已复制", owner: "群主", admin: "管理员", caption: "添加说明",
    today: "今天", yesterday: "昨天", viewAs: "以谁的身份查看", attach: "发送图片或文件",
    commands: "命令菜单", back: "返回聊天列表", down: "滚动到底部", reply: "回复", you: "你", failed: "没有发出去：",
  },
  en: {
    bot: "bot", members: n => `${n} members`, message: "Message", start: "Start", edited: "edited",
    typing: "typing", upload_photo: "sending a photo", upload_document: "sending a file", busy: "working",
    photo: "Photo", empty: "No messages here yet", connecting: "Reconnecting…", ok: "OK", cancel: "Cancel", send: "Send",
    open: url => `Open this link?\n${url}`, copied: "Copied", owner: "owner", admin: "admin", caption: "Add a caption",
    today: "Today", yesterday: "Yesterday", viewAs: "View as", attach: "Send a photo or file",
    commands: "Bot commands", back: "Back to the chats", down: "Scroll to the bottom", reply: "Reply to", you: "You", failed: "Not sent: ",
  },
};

let language = "en";

export function setLanguage(code = "") {
  language = code.toLowerCase().startsWith("zh") ? "zh" : "en";
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
}

export const locale = () => (language === "zh" ? "zh-CN" : "en-GB");
export const say = (key, arg) => {
  const w = words[language][key];
  return typeof w === "function" ? w(arg) : w;
};
