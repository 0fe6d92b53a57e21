using System.Text.Json;
using System.Text.Json.Nodes;
using ChatModels.Providers;
using ChatModels.Registry;

namespace ChatModels.Chat.Translation.ToChat;

/// <summary>Anthropic's Messages, served by a provider that speaks OpenAI's chat completions.</summary>
internal sealed class MessagesAsChat : WireTranslation
{
    public override UpstreamOperation To => UpstreamOperation.ChatCompletions;

    protected override UpstreamOperation From => UpstreamOperation.Messages;

    protected override JsonObject Write(JsonElement body, ChatRequest request, ModelEntry model, Deployment deployment, Untranslatable refusals) =>
        new ChatRequestWriter(body, deployment, refusals).Write(request.Stream);

    protected override JsonObject Answer(JsonElement answer, in AnswerFacts facts, long now) => MessageWriter.Write(answer, facts);

    protected override EventTranslator Events(long now) => new MessageEventTranslator();
}
