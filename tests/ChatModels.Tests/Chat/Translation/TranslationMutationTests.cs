using System.Text;
using ChatModels.Providers;
using ChatModels.Tests.Properties;
using Xunit;
using static ChatModels.Testing.AnthropicUpstream;

namespace ChatModels.Tests.Chat.Translation;

/// <summary>Whatever is sent, by clients or by providers, is translated, refused, or invalid data; nothing else is ever thrown.</summary>
public sealed class TranslationMutationTests
{
    private const int Rounds = 20_000;

    // What stands where something else should.
    private static readonly string[] Values =
        ["null", "true", "7", "-1e999", "1e999", "\"\"", "\"\\ud800\"", "[]", "{}", "[null]", "[7]", "{\"a\":1,\"a\":2}", "\"text\"", "\"tool_use\"", "99999999999999999999"];

    // Shapes after https://platform.openai.com/docs/api-reference/chat and https://platform.claude.com/docs/en/api/messages.
    private static readonly string[] Requests =
    [
        """{"model":"m","messages":[{"role":"system","content":"s"},{"role":"user","content":[{"type":"text","text":"x"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AA"}},{"type":"file","file":{"filename":"a.txt","file_data":"data:text/plain;base64,QUJD"}}]},{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}],"reasoning_details":[{"type":"reasoning.text","text":"t","signature":"s","index":0}]},{"role":"tool","tool_call_id":"c","content":"r"}],"tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"properties":{}},"strict":true}}],"tool_choice":{"type":"function","function":{"name":"f"}},"parallel_tool_calls":false,"max_tokens":9,"temperature":0.5,"stop":["a"],"response_format":{"type":"json_schema","json_schema":{"schema":{}}},"reasoning_effort":"low","user":"u","logit_bias":{},"n":1,"modalities":["text"],"top_logprobs":0}""",
        """{"model":"m","max_tokens":9,"system":[{"type":"text","text":"s"}],"messages":[{"role":"user","content":[{"type":"text","text":"x"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AA"}},{"type":"document","title":"t","context":"c","source":{"type":"content","content":[{"type":"text","text":"x"}]},"citations":{"enabled":false}},{"type":"search_result","title":"t","source":"s","content":[{"type":"text","text":"x"}]}]},{"role":"assistant","content":[{"type":"thinking","thinking":"t","signature":"s"},{"type":"tool_use","id":"c","name":"f","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"c","is_error":true,"content":[{"type":"text","text":"r"}]}]}],"tools":[{"name":"f","description":"d","input_schema":{"type":"object"},"strict":true}],"tool_choice":{"type":"any","disable_parallel_tool_use":true},"thinking":{"type":"enabled","budget_tokens":2000},"output_config":{"effort":"low","format":{"type":"json_schema","schema":{}}},"metadata":{"user_id":"u"},"stop_sequences":["a"]}""",
    ];

    private static readonly string Message =
        """{"id":"i","type":"message","role":"assistant","model":"c","content":[{"type":"thinking","thinking":"t","signature":"s"},{"type":"text","text":"x"},{"type":"tool_use","id":"t","name":"f","input":{"a":1}}],"stop_reason":"tool_use","usage":{"input_tokens":1,"output_tokens":2}}""";

    private static readonly string Completion =
        """{"id":"i","model":"c","choices":[{"index":0,"message":{"role":"assistant","content":"x","reasoning":"r","tool_calls":[{"id":"t","type":"function","function":{"name":"f","arguments":"{}"}}]},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":1}}}""";

    private static readonly string Events = Translations.Frames([Start, Ping, .. ThinkingBlock(0, "s", "t"), .. TextBlock(1, "x y"), .. ToolBlock(2, "t", "f", "{}"), MessageDelta("tool_use"), Stop]);

    private static readonly string Chunks = Translations.Chunks(
        """{"id":"i","model":"c","choices":[{"index":0,"delta":{"role":"assistant","content":"x","reasoning_content":"r"}}]}""",
        """{"id":"i","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"t","function":{"name":"f","arguments":"{}"}}]}}]}""",
        """{"id":"i","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":2}}""", "[DONE]");

    [Fact]
    public void AMutatedRequest_IsTranslatedOrRefused()
    {
        var random = Seeded();
        for (var round = 0; round < Rounds; round++)
        {
            var isChat = round % 2 == 0;
            var (from, to) = isChat ? (UpstreamOperation.ChatCompletions, UpstreamOperation.Messages) : (UpstreamOperation.Messages, UpstreamOperation.ChatCompletions);
            var body = Mutate(Requests[isChat ? 0 : 1], random);
            if (!Translations.IsRead(from, body))
            {
                continue;
            }

            var (translated, failure) = Translations.Request(from, to, body);

            Assert.True((translated is null) != (failure is null), body);
            Assert.True(failure is null || failure.Status == 400, body);
        }
    }

    [Fact]
    public async Task AMutatedAnswer_IsTranslatedOrInvalid()
    {
        var random = Seeded();
        for (var round = 0; round < Rounds; round++)
        {
            var (answer, from, to, stream) = (round % 4) switch
            {
                0 => (Message, UpstreamOperation.ChatCompletions, UpstreamOperation.Messages, false),
                1 => (Completion, UpstreamOperation.Messages, UpstreamOperation.ChatCompletions, false),
                2 => (Events, UpstreamOperation.ChatCompletions, UpstreamOperation.Messages, true),
                _ => (Chunks, UpstreamOperation.Messages, UpstreamOperation.ChatCompletions, true),
            };
            var mutated = Mutate(answer, random);
            try
            {
                await Translations.AnswerAsync(from, to, mutated, stream, pieces: random.Next(1, 400));
            }
            catch (InvalidDataException)
            {
                // As promised.
            }
            catch (Exception e)
            {
                Assert.Fail($"{e.GetType().Name} {e.Message} for {mutated}");
            }
        }
    }

    private static Random Seeded()
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"CHATMODELS_SEED={Corpus.Seed}, {Rounds} inputs");
        return new Random(Corpus.Seed);
    }

    /// <summary>Puts something else in the place of one value, takes a piece out, or exchanges a letter.</summary>
    private static string Mutate(string json, Random random)
    {
        var text = new StringBuilder(json);
        for (var times = random.Next(1, 4); times > 0; times--)
        {
            var position = random.Next(text.Length);
            switch (random.Next(4))
            {
                case 0:
                    text[position] = (char)random.Next(32, 127);
                    break;
                case 1:
                    text.Remove(position, Math.Min(random.Next(1, 30), text.Length - position));
                    break;
                default:
                    ReplaceValue(text, position, Values[random.Next(Values.Length)]);
                    break;
            }
        }

        return text.ToString();
    }

    private static void ReplaceValue(StringBuilder text, int position, string value)
    {
        var all = text.ToString();
        var start = all.IndexOf("\":", position, StringComparison.Ordinal);
        if (start < 0)
        {
            return;
        }

        start += 2;
        var end = start;
        for (var (depth, quoted) = (0, false); end < all.Length && (quoted || depth > 0 || all[end] is not (',' or '}' or ']')); end++)
        {
            quoted ^= all[end] == '"' && all[end - 1] != '\\';
            depth += quoted ? 0 : all[end] is '{' or '[' ? 1 : all[end] is '}' or ']' ? -1 : 0;
        }

        text.Remove(start, end - start).Insert(start, value);
    }
}
