using RedisML.Extensions;
using RedisML.ModelFiles;
using RedisML.OnnxRuntime;
using RedisML.Prediction;

[assembly: Extension(typeof(OnnxRuntimeExtension))]

namespace RedisML.OnnxRuntime;

/// <summary>Brings models in ONNX, of any program.</summary>
sealed class OnnxRuntimeExtension : IExtension
{
    public void Register()
    {
        ModelFormats.Add(new OnnxFormat());
        ModelFamilies.Add(new OnnxFamily());
    }
}
