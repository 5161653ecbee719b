using System.Text.Json;
using RedisML.ModelFiles;
using RedisML.Models;
using RedisML.Prediction;

namespace RedisML.OnnxRuntime;

/// <summary>Reads models in ONNX: what they take and predict, and the file as it is.</summary>
sealed class OnnxFormat : IModelFormat
{
    public string Name => "Onnx";

    public ImportedModel Read(byte[] content, ModelImportOptions options)
    {
        var file = new OnnxFile(content);
        // Loaded as it will be to predict: what can't be loaded isn't kept.
        var (pipeline, task, binding) = OnnxErrors.Loading(() => OnnxSignature.Read(file, OnnxSession.Load(content).Session, options));
        OnnxFamily.CheckDerived(pipeline, file.Metadata.GetValueOrDefault("model") ?? "");
        _ = new ModelSignature(task, pipeline);
        return new(file.Metadata.GetValueOrDefault("model"), new()
        {
            Algorithm = Name,
            Task = task,
            Pipeline = pipeline,
            Options = JsonSerializer.SerializeToElement(binding, OnnxJson.Default.OnnxBinding),
            Lineage = new()
            {
                Dataset = file.Metadata.GetValueOrDefault("dataset") ?? "",
                DatasetVersion = 0,
                Run = "",
                RowsUsed = 0,
                Trained = DateTimeOffset.UtcNow,
            },
        }, [new(OnnxFamily.File, new Tensor(content, content.Length))]);
    }
}
