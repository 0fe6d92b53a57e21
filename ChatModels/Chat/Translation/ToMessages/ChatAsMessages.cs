using System.Text.Json;
using System.Text.Json.Nodes;
using ChatModels.Providers;
using ChatModels.Registry;

namespace ChatModels.Chat.Translation.ToMessages;

/// <summary>OpenAI's chat completions, served by a provider that speaks Anthropic's Messages.</summary>
internal sealed class ChatAsMessages : WireTranslation
{
    public override UpstreamOperation To => UpstreamOperation.Messages;

    protected override UpstreamOperation From => UpstreamOperation.ChatCompletions;

    protected override JsonObject Write(JsonElement body, ChatRequest request, ModelEntry model, Deployment deployment, Untranslatable refusals) =>
        new MessagesRequestWriter(body, model, deployment, refusals).Write(request.Stream);

    protected override JsonObject Answer(JsonElement answer, in AnswerFacts facts, long now) => CompletionWriter.Write(answer, facts, now);

    protected override EventTranslator Events(long now) => new ChunkTranslator(now);
}
